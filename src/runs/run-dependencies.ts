// The dependencies that runs share.
import { Injectable } from '@nestjs/common';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { Outputs, RunsRoot } from '../results/outputs.js';
import { RunDefaults } from './build-order.js';
import { DiskRoom } from './disk-room.js';

@Injectable()
export class RunDependencies {
  constructor(
    readonly dispatcher: Dispatcher,
    readonly outputs: Outputs,
    readonly root: RunsRoot,
    readonly defaults: RunDefaults,
    readonly disk: DiskRoom,
  ) {}
}
