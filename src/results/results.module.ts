// Wires the results.
import { Module } from '@nestjs/common';
import { Outputs } from './outputs.js';

@Module({ providers: [Outputs], exports: [Outputs] })
export class ResultsModule {}
