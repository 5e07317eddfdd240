// The parts of definitions that say how messages get in and out.

const input = (input_type: string, input_parameters: object) => ({ input_adapter: { input_type, input_parameters } });
export const output = (output_type: string, output_parameters: object) => ({ output_adapter: { output_type, output_parameters } });

export const pipeIn = input('pipe', { pipe_path: '${input_pipe}' });
export const pipeOut = output('pipe', { pipe_path: '${output_pipe}' });
export const portIn = (more = {}) => input('port', { tcp_port: '${port}', ...more });
export const portOut = output('port', { tcp_port: '${port}' });
export const appendIn = input('append', { file_path: '${input_file}' });
export const fileIn = input('file', { file_path: '${input_file}' });

/** A program that is spoken with by the run's port, and what it does with that (socat). */
export const listen = (how: string) => `socat -t 5 TCP-LISTEN:\${port},bind=127.0.0.1 ${how}`;
