// The API reference, made from the docstrings of every public door.
import { join, relative } from 'node:path'
import { Application, Converter } from 'typedoc'
import { root } from '../documents.ts'
import { doors, packagesFolder } from '../packages.ts'
import { pagesFolder } from './gather.ts'

/** Writes the reference beside the pages. Rejects when a docstring links to what is not there. */
export async function writeReference(): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: doors.map(({ source }) => source),
    tsconfig: join(root, 'apps/docs/site/tsconfig.json'),
    basePath: packagesFolder,
    plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
    readme: 'none',
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    disableGit: true,
    logLevel: 'Warn',
    // whether the sources compile is for `npm run typecheck` to say
    skipErrorChecking: true,
    validation: {
      invalidLink: true,
      notExported: false,
      rewrittenLink: true,
      notDocumented: false,
      unusedMergeModuleWith: true,
    },
    ...pluginOptions,
  })
  // the theme for VitePress has a folder of its own for this, which only a later value replaces
  app.options.setValue('out', join(pagesFolder, 'reference'))
  nameModulesByDoor(app)
  const project = await app.convert()
  if (project === undefined) throw new Error('the API reference cannot be made: the sources do not compile')
  app.validate(project)
  await app.generateOutputs(project)
  const { errorCount, warningCount } = app.logger
  if (errorCount + warningCount > 0)
    throw new Error(`the API reference: ${errorCount} errors, ${warningCount} warnings`)
}

const pluginOptions = {
  docsRoot: pagesFolder,
  entryFileName: 'index',
  router: 'module',
  name: 'API reference',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useHTMLAnchors: true,
  // signatures link to the types in them
  useCodeBlocks: false,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  sidebar: { autoConfiguration: true, format: 'vitepress', pretty: false },
}

function nameModulesByDoor(app: Application): void {
  const nameOf = (source: string): string =>
    relative(packagesFolder, source)
      .replaceAll('\\', '/')
      .replace(/(\/index)?\.ts$/, '')
  const names = new Map(doors.map(({ specifier, source }) => [nameOf(source), specifier]))
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) module.name = names.get(module.name) ?? module.name
  })
}
