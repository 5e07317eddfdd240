// Every entity and every migration, listed one by one, because patterns of file names break bundles and tests.
import { Initial1763770000000 } from '../../migrations/1763770000000-initial.js';
import { RunsOutlive1763860000000 } from '../../migrations/1763860000000-runs-outlive.js';
import { KeptBytes1763950000000 } from '../../migrations/1763950000000-kept-bytes.js';
import { RunPorts1764040000000 } from '../../migrations/1764040000000-run-ports.js';
import { Bindings1764130000000 } from '../../migrations/1764130000000-bindings.js';
import { OutputNotes1764220000000 } from '../../migrations/1764220000000-output-notes.js';
import { FlatLists1764310000000 } from '../../migrations/1764310000000-flat-lists.js';
import { RunAuthors1764400000000 } from '../../migrations/1764400000000-run-authors.js';
import { AnsweredKeys1764420000000 } from '../../migrations/1764420000000-answered-keys.js';
import { ListVersions1764421000000 } from '../../migrations/1764421000000-list-versions.js';
import { ForgetRunAs1764422000000 } from '../../migrations/1764422000000-forget-run-as.js';
import { KeptInputs1764430000000 } from '../../migrations/1764430000000-kept-inputs.js';
import { FormerDefinitions1764440000000 } from '../../migrations/1764440000000-former-definitions.js';
import { Sessions1764450000000 } from '../../migrations/1764450000000-sessions.js';
import { Tools1764460000000 } from '../../migrations/1764460000000-tools.js';
import { ToolHeads1764470000000 } from '../../migrations/1764470000000-tool-heads.js';
import { SessionEntity } from '../accounts/session.entity.js';
import { TokenEntity } from '../accounts/token.entity.js';
import { UserEntity } from '../accounts/user.entity.js';
import { BindingEntity } from '../bindings/binding.entity.js';
import { BindingMessageEntity } from '../bindings/binding-message.entity.js';
import type { DatabaseContents } from '../database/data-source.js';
import { DefinitionEntity } from '../definitions/definition.entity.js';
import { RevisionEntity } from '../definitions/revision.entity.js';
import { RunLogEntity } from '../results/run-log.entity.js';
import { IdempotencyEntity } from '../runs/idempotency.entity.js';
import { RunEntity } from '../runs/run.entity.js';

export const databaseContents: DatabaseContents = {
  entities: [
    UserEntity,
    TokenEntity,
    SessionEntity,
    DefinitionEntity,
    RevisionEntity,
    RunEntity,
    RunLogEntity,
    IdempotencyEntity,
    BindingEntity,
    BindingMessageEntity,
  ],
  migrations: [
    Initial1763770000000,
    RunsOutlive1763860000000,
    KeptBytes1763950000000,
    RunPorts1764040000000,
    Bindings1764130000000,
    OutputNotes1764220000000,
    FlatLists1764310000000,
    RunAuthors1764400000000,
    AnsweredKeys1764420000000,
    ListVersions1764421000000,
    ForgetRunAs1764422000000,
    KeptInputs1764430000000,
    FormerDefinitions1764440000000,
    Sessions1764450000000,
    Tools1764460000000,
    ToolHeads1764470000000,
  ],
};
