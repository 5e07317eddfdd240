// The library process-registry/worker: what a program that uses it may import.
export type { Command, JobReport, JobStatus, PurgeLimits, StopOptions, WorkerOptions } from './jobs/contract.js';
export { Worker } from './jobs/worker.js';
export { WorkerError, type WorkerErrorCode, workerErrorCodes } from './jobs/worker-error.js';
