// The events over HTTP: /api/event/.
import { Module } from '@nestjs/common';
import { RunsModule } from '../../runs/runs.module.js';
import { EventController } from './event-controller.js';
import { EventReaders } from './event-readers.js';

@Module({ imports: [RunsModule], providers: [EventReaders], controllers: [EventController] })
export class EventsApiModule {}
