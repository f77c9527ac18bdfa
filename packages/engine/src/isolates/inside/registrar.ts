export function becomeIsolate(): void {}
