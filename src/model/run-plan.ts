// What a run would do, as explain/ shows it: times in seconds, paths of a run as their placeholders, secrets as ***.

export interface RunPlan {
  exec: string;
  /** The user of the machine as whom the program runs, if the definition names one. */
  run_as?: string;
  argv: string[];
  cwd: string;
  environment: Record<string, string>;
  /** The files of the definition, if it has any; `mode` in octal digits. */
  files?: { path: string; bytes: number; mode: string }[];
  input: { kind: string; parameters: Record<string, unknown> };
  output: { kind: string; parameters: Record<string, unknown> };
  timeout: number;
  /** outputBytes null: no bound. */
  limits: Record<string, number | null | undefined>;
}
