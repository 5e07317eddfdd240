// The last line of a test run: `N passed, N failed`. What this user or machine cannot run is named above it.
import type { TestModule } from 'vitest/node';

export default class ClosingLine {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    const skipped: string[] = [];
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'skipped' && module.ok()) skipped.push(`skipped: ${module.relativeModuleId}: ${test.fullName}`);
        else failed++;
      }
    }
    process.on('exit', () => console.log([...skipped, `${passed} passed, ${failed} failed`].join('\n')));
  }
}
