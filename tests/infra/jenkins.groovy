// Reads Jenkinsfiles as Jenkins would: Groovy parses, and these classes are the only sections, options and steps there
// are. Whatever else a file says is an error, which Groovy's own parser cannot know.
//   groovy jenkins.groovy (BRANCH WAIT FILE)...   prints one line of JSON per file: {error, steps, shells}
// steps: what a build of that branch does, in order (parallel stages in the order written). shells: every `sh`, run or
// not. No section does anything: `sh` is only noted.
import groovy.json.JsonOutput

class Wrong extends RuntimeException {
  Wrong(String message) { super(message) }
}

/** What a build is, and what it did. */
class Build {
  String branch
  Map params = [:]
  List steps = []
  List shells = []
  List names = []

  void note(Stage stage, Map step) {
    if (step.step == 'sh') shells << step.command
    if (stage.runs()) steps << step + stage.facts()
  }
}

/** A section: its public methods, named in `known`, are what may stand in it, each once unless `repeatable`. */
abstract class Section {
  Set seen = [] as Set

  abstract Set known()

  Set repeatable() { [] as Set }

  Object invokeMethod(String name, Object arguments) {
    if (!(name in known())) throw new Wrong("${title()}: there is no '${name}' here")
    if (!seen.add(name) && !(name in repeatable())) throw new Wrong("${title()}: '${name}' twice")
    metaClass.invokeMethod(this, 'do_' + name, arguments as Object[])
  }

  Object propertyMissing(String name) { throw new Wrong("${title()}: there is no '${name}' here") }

  String title() { getClass().simpleName.toLowerCase() }

  static void read(Closure body, Object section) {
    body.delegate = section
    body.resolveStrategy = Closure.DELEGATE_ONLY
    body()
  }

  static void only(Map given, List allowed, String what) {
    def unknown = given.keySet() - allowed
    if (unknown) throw new Wrong("${what}: there is no '${unknown.first()}'")
  }
}

class Agent extends Section {
  String label
  Set known() { ['label'] as Set }
  void do_label(String name) { label = name }
}

class Options extends Section {
  boolean timed
  boolean top
  Set known() { (['timeout'] + (top ? ['buildDiscarder', 'disableConcurrentBuilds', 'skipStagesAfterUnstable', 'logRotator'] : [])) as Set }
  void do_timeout(Map given) {
    only(given, ['time', 'unit'], 'timeout')
    java.util.concurrent.TimeUnit.valueOf(given.unit)
    assert given.time > 0
    timed = true
  }
  Object do_logRotator(Map given) { only(given, ['numToKeepStr'], 'logRotator'); given }
  void do_buildDiscarder(Map rotator) { }
  void do_disableConcurrentBuilds() { }
  void do_skipStagesAfterUnstable() { }
}

class Parameters extends Section {
  Build build
  Set known() { ['booleanParam'] as Set }
  Set repeatable() { known() }
  void do_booleanParam(Map given) {
    only(given, ['name', 'defaultValue', 'description'], 'booleanParam')
    if (!(given.name in build.params)) build.params[given.name] = given.defaultValue
  }
}

class Environment extends Section {
  Map values = [:]
  Set known() { ['credentials'] as Set }
  Set repeatable() { known() }
  Object do_credentials(String id) { [credentials: id] }
  void setProperty(String name, Object value) { values[name] = value }
}

class When extends Section {
  Build build
  boolean holds = true
  Map flags = [:]
  Set known() { ['branch', 'expression', 'beforeAgent'] as Set }
  void do_beforeAgent(boolean value) { }
  void do_branch(String name) { holds = holds && build.branch == name }
  void do_expression(Closure body) {
    body.delegate = [params: build.params.withDefault { throw new Wrong("there is no parameter '${it}'") }]
    body.resolveStrategy = Closure.DELEGATE_ONLY
    holds = holds && body()
  }
}

class Post extends Section {
  Stage stage
  Set known() { ['always', 'success', 'failure', 'unstable', 'aborted', 'cleanup'] as Set }
  void do_always(Closure body) { read(body, new Steps(stage: stage)) }
  void do_success(Closure body) { do_always(body) }
  void do_failure(Closure body) { do_always(body) }
  void do_unstable(Closure body) { do_always(body) }
  void do_aborted(Closure body) { do_always(body) }
  void do_cleanup(Closure body) { do_always(body) }
}

class Steps extends Section {
  Stage stage
  int count
  Set known() { ['sh', 'input', 'junit', 'archiveArtifacts'] as Set }
  Set repeatable() { known() }
  String title() { "steps of '${stage.name}'" }
  void note(Map step, boolean agent = true) {
    if (agent && !stage.hasAgent()) throw new Wrong("${title()}: ${step.step} needs an agent")
    count++
    stage.build.note(stage, step)
  }
  void do_sh(String command) { note([step: 'sh', command: command]) }
  void do_input(Map given) {
    only(given, ['message', 'ok', 'submitter'], 'input')
    note([step: 'input'] + given, false)
  }
  void do_junit(Map given) { only(given, ['testResults'], 'junit'); note([step: 'junit'] + given) }
  void do_archiveArtifacts(Map given) {
    only(given, ['artifacts', 'allowEmptyArchive'], 'archiveArtifacts')
    note([step: 'archiveArtifacts'] + given)
  }
}

class Stages extends Section {
  Stage parent
  boolean parallel
  int count
  Set known() { ['stage'] as Set }
  Set repeatable() { known() }
  void do_stage(String name, Closure body) {
    if (name in parent.build.names) throw new Wrong("two stages are named '${name}'")
    parent.build.names << name
    count++
    def stage = new Stage(name: name, parent: parent, build: parent.build, inParallel: parallel || parent.inParallel)
    read(body, stage)
    stage.check()
  }
}

class Stage extends Section {
  String name
  Stage parent
  Build build
  boolean inParallel
  def agent
  String label
  Options options = new Options()
  Environment environment = new Environment()
  When when
  List bodies = []

  Set known() { ['agent', 'when', 'environment', 'options', 'post', 'steps', 'parallel', 'stages'] as Set }
  String title() { "stage '${name}'" }
  boolean hasAgent() { agent == null ? parent?.hasAgent() : agent != 'none' }
  String agentLabel() { agent == null ? parent?.agentLabel() : label }
  boolean runs() { (when == null || when.holds) && (parent == null || parent.runs()) }
  boolean timed() { options.timed || (parent?.name && parent.timed()) } // the limit of the whole pipeline is not a stage's
  Map bindings() { (parent ? parent.bindings() : [:]) + environment.values }
  Map facts() { [stages: path(), environment: bindings(), timed: timed(), agent: hasAgent(), label: agentLabel()] }
  List path() { (parent ? parent.path() : []) + (name ? [name] : []) }

  void do_agent(Object given) {
    if (given instanceof Closure) {
      def section = new Agent()
      read(given, section)
      label = section.label
      if (!section.seen) throw new Wrong("${title()}: an agent without a label")
    } else if (!(given in ['any', 'none'])) throw new Wrong("${title()}: agent ${given}")
    agent = given instanceof Closure ? 'label' : given
  }
  Object getAny() { 'any' }
  Object getNone() { 'none' }
  void do_when(Closure body) { early('when'); when = new When(build: build); read(body, when) }
  void do_environment(Closure body) { early('environment'); read(body, environment) }
  void do_options(Closure body) { early('options'); read(body, options) }
  void do_post(Closure body) { read(body, new Post(stage: this)) }
  void do_steps(Closure body) {
    bodies << 'steps'
    def steps = new Steps(stage: this)
    read(body, steps)
    if (!steps.count) throw new Wrong("${title()}: no step in its steps")
  }
  void do_parallel(Closure body) {
    if (inParallel) throw new Wrong("${title()}: parallel inside parallel")
    inside(body, 'parallel', true)
  }
  void do_stages(Closure body) { inside(body, 'stages', false) }

  void inside(Closure body, String what, boolean parallel) {
    bodies << what
    def inner = new Stages(parent: this, parallel: parallel)
    read(body, inner)
    if (!inner.count) throw new Wrong("${title()}: no stage in its ${what}")
  }
  /** The harness reads from top to bottom, so what governs steps must stand above them. */
  void early(String what) { if (bodies) throw new Wrong("${title()}: '${what}' stands below its steps") }
  void check() {
    if (bodies.size() != 1) throw new Wrong("${title()}: exactly one of steps, parallel and stages, found ${bodies}")
  }
}

class Pipeline extends Stage {
  Set known() { ['agent', 'environment', 'options', 'parameters', 'post', 'stages'] as Set }
  String title() { 'pipeline' }
  void do_parameters(Closure body) { read(body, new Parameters(build: build)) }
  void check() {
    super.check()
    if (agent == null) throw new Wrong('pipeline: no agent')
  }
}

abstract class Reading extends Script {
  Build build
  int pipelines
  void pipeline(Closure body) {
    pipelines++
    def pipeline = new Pipeline(build: build, options: new Options(top: true))
    Section.read(body, pipeline)
    pipeline.check()
  }
}

def configuration = new org.codehaus.groovy.control.CompilerConfiguration(scriptBaseClass: Reading.name)
def shell = new GroovyShell(this.class.classLoader, configuration)
def scripts = [:]  // a file is compiled once, which takes a second, for all its builds
for (triple in args.toList().collate(3)) {
  def (branch, wait, name) = triple
  def build = new Build(branch: branch, params: [WAIT: wait.toBoolean()])
  def error = null
  try {
    if (!(name in scripts)) scripts[name] = shell.parse(new File(name)).class
    def script = scripts[name].getDeclaredConstructor().newInstance()
    script.build = build
    script.run()
    if (script.pipelines != 1) throw new Wrong('exactly one pipeline, please')
  } catch (Wrong | MissingMethodException | MissingPropertyException | AssertionError | IllegalArgumentException |
           org.codehaus.groovy.control.CompilationFailedException problem) {
    error = problem.message
  }
  println JsonOutput.toJson([error: error, steps: build.steps, shells: build.shells])
}
