// Wires the results.
import { Module } from '@nestjs/common';
import { Outputs } from './outputs.js';
import { StreamPositions } from './stream-positions.js';

@Module({ providers: [Outputs, StreamPositions], exports: [Outputs, StreamPositions] })
export class ResultsModule {}
