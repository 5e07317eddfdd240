// The library process-registry/worker: what a program that uses it may import.
export type { Command, JobReport, JobStatus, PurgeLimits, StopOptions, WorkerOptions } from './contract.js';
export { Worker } from './worker.js';
export { WorkerError, type WorkerErrorCode, workerErrorCodes } from './worker-error.js';
