// Why a run ends: the first reason wins, whatever else goes wrong afterwards.
import type { EndReason } from '../../model/states.js';

export class FirstEndReason {
  private decided: { reason: EndReason; error: string } | null = null;

  decide(reason: EndReason, error: string): void {
    this.decided ??= { reason, error };
  }

  get failure(): { reason: EndReason; error: string } | null {
    return this.decided;
  }
}
