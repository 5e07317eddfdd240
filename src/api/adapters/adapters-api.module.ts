// The adapters over HTTP: /api/adapter/.
import { Module } from '@nestjs/common';
import { AdapterController } from './adapter-controller.js';

@Module({ controllers: [AdapterController] })
export class AdaptersApiModule {}
