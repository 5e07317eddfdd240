// Wires the proxy to programs.
import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { RunProxy } from './run-proxy.js';

@Module({ imports: [RunsModule], providers: [RunProxy], exports: [RunProxy] })
export class ProxyModule {}
