import Registry
import Screening

/// Rules about what runs at installation or at interpreter start.
let installRules: [Rule] = [
    Rule(
        "INST-SCRIPT", "Runs a script when installed", ecosystems: [.npm],
        rationale: """
            npm runs preinstall, install and postinstall with the rights of whoever installs. Many native modules \
            need that, so the fact alone is no reason to hold; it is the reach that makes other findings grave.
            """,
        [RuleDetail(.installScript, .info, "package.json declares a script that npm runs at installation")]),
    Rule(
        "INST-SCRIPT-NET", "Install script reaches out or hides what it runs", ecosystems: [.npm],
        rationale: """
            A script that downloads and runs, decodes and runs, opens a shell to elsewhere or sends local data away \
            has no honest use at installation and is malicious. A script that merely names a network client, a URL, \
            an inline program or a command substitution may be honest (fetching a prebuilt binary, say) and cannot \
            be told apart by its text, so it is suspicious: a person decides. Inline programs that only load a named \
            file, and URLs that are only printed, are not counted. Shell scripts of the package that the script runs \
            are judged as well.
            """,
        [
            RuleDetail(
                .scriptPipesToInterpreter, .malicious, "an install script hands what it downloads to an interpreter"),
            RuleDetail(.scriptRunsDownload, .malicious, "an install script downloads a file and then runs it"),
            RuleDetail(.scriptReverseShell, .malicious, "an install script connects a shell to the network"),
            RuleDetail(
                .scriptInlineNetwork, .malicious, "an install script runs an inline program that uses the network"),
            RuleDetail(.scriptDecodesAndRuns, .malicious, "an install script decodes text and runs it"),
            RuleDetail(
                .scriptSendsData, .malicious, "an install script sends data of this machine over the network"),
            RuleDetail(.scriptNetworkClient, .suspicious, "an install script calls a network client"),
            RuleDetail(.scriptMentionsURL, .suspicious, "an install script names a URL"),
            RuleDetail(.scriptInlineProgram, .suspicious, "an install script runs a program given inline"),
            RuleDetail(.scriptSubstitution, .suspicious, "an install script computes parts of its command"),
            RuleDetail(.scriptDecoder, .suspicious, "an install script calls a decoder of hidden text"),
            RuleDetail(.scriptPowerShell, .suspicious, "an install script starts PowerShell"),
        ]),
    Rule(
        "INST-GYP", "Build file runs commands", ecosystems: [.npm],
        rationale: """
            npm runs node-gyp for a package with binding.gyp and no install script, and gyp runs every `<!(…)` it \
            reads. Asking node-addon-api or nan for its include folder, a compiler's library path or the platform's \
            name is ordinary and only noted. Any other command is suspicious. It is malicious when it would be so in \
            an install script, or when the package has no native source to build: then the build file is there only \
            to run the command.
            """,
        [
            RuleDetail(.gypQuery, .info, "binding.gyp asks a known tool for paths"),
            RuleDetail(.gypCommand, .suspicious, "binding.gyp runs a command of the package's own"),
            RuleDetail(
                .gypCommandWithoutSources, .malicious, "binding.gyp runs a command, and there is nothing to build"),
            RuleDetail(
                .gypCommandHostile, .malicious, "binding.gyp runs a command that downloads, decodes or sends data"),
            RuleDetail(.gypWithoutSources, .suspicious, "binding.gyp is present, but there is nothing to build"),
            RuleDetail(.gypAction, .info, "binding.gyp runs a command while it builds"),
            RuleDetail(.gypExpression, .suspicious, "binding.gyp computes what gyp then reads"),
            RuleDetail(.gypEscape, .malicious, "binding.gyp reaches for Python's own objects"),
        ]),
    Rule(
        "INST-PTH", "Runs code whenever Python starts", ecosystems: [.pypi],
        rationale: """
            Python executes every line of a .pth file in site-packages that starts with `import`, at each start of \
            the interpreter, whether the package is used or not. Wheels need that almost never; the exceptions are \
            known by the digest of their lines: namespace packages made by old setuptools, and the files of \
            setuptools, coverage and pytest-cov when those projects themselves ship them. In an sdist the file may \
            not be installed at all, hence suspicious.
            """,
        [
            RuleDetail(.pathFileInWheel, .malicious, "a .pth file of the wheel runs code at every start of Python"),
            RuleDetail(.pathFileInSource, .suspicious, "a .pth file in the sdist would run code at start of Python"),
            RuleDetail(.pathFileInTests, .info, "a .pth file among the tests has a line that runs code"),
            RuleDetail(.pathFileKnown, .info, "a .pth file runs code that is known and harmless"),
        ]),
    Rule(
        "INST-SITECUST", "Replaces a start-up module of Python", ecosystems: [.pypi],
        rationale: """
            Python imports sitecustomize and usercustomize at every start, whether anything of the package is used or \
            not. They belong to whoever runs the machine; no package on an index has an honest reason to bring them. \
            In an sdist the file may be for tests only and not be installed, hence suspicious.
            """,
        [
            RuleDetail(.startModuleInWheel, .malicious, "the wheel installs a module that every start of Python runs"),
            RuleDetail(
                .startModuleInSource, .suspicious, "the sdist has a module that every start of Python would run"),
        ]),
    Rule(
        "INST-BACKEND", "Runs its own code when it is built", ecosystems: [.pypi],
        rationale: """
            A build backend in the source tree, a build hook or a backend that is not widely known runs at \
            installation from source, as setup.py does. That is common and only noted; it is the reach that makes \
            other findings in those files grave.
            """,
        [
            RuleDetail(.backendInTree, .info, "the build backend lies in the package itself"),
            RuleDetail(.backendUnknown, .info, "the build backend is not one of the widely used ones"),
            RuleDetail(.buildHook, .info, "a file of the package runs while it is built"),
        ]),
    Rule(
        "INST-SHADOW", "Takes the name of something else",
        rationale: """
            A command called like a system tool is run by whoever types the tool's name; a top-level module called \
            like a module of Python or of another well-known project is imported in its place. Packages that provide \
            the tool or backport the module say so in their name and are left out.
            """,
        [
            RuleDetail(.shadowsCommand, .suspicious, "a command of the package is named like a system tool"),
            RuleDetail(.commandEscapes, .malicious, "a command of the package is named by a path that leads out"),
            RuleDetail(.shadowsModule, .suspicious, "a top-level module is named like one of another project"),
        ]),
    Rule(
        "INST-SHRINKWRAP", "Fixes what else is installed", ecosystems: [.npm],
        rationale: """
            npm-shrinkwrap.json and a shipped node_modules folder decide which versions of other packages are \
            installed, past the ranges that reviewers see. Command-line tools do that honestly, so it is noted. The \
            install scripts of shipped packages are judged like the package's own, and so is where a shrinkwrap \
            fetches from (DEP-NONREG).
            """,
        [
            RuleDetail(.shrinkwrap, .info, "npm-shrinkwrap.json fixes the versions of dependencies"),
            RuleDetail(.bundledModules, .info, "other packages are shipped in node_modules"),
        ]),
    Rule(
        "CAP-NATIVE", "Has code that is not text",
        rationale: """
            Programs, libraries, WebAssembly and bytecode cannot be read here. Many packages ship them honestly, also \
            in wheels for every platform (launchers of Windows, for example), so the fact alone is noted.
            """,
        [RuleDetail(Observation("can-native"), .info, "the package has native code, WebAssembly or bytecode")]),
]

extension Observation {
    // INST-SCRIPT, INST-SCRIPT-NET
    static let installScript = Observation("install-script")
    static let scriptPipesToInterpreter = Observation("script-pipes-download-to-interpreter")
    static let scriptRunsDownload = Observation("script-runs-download")
    static let scriptReverseShell = Observation("script-opens-shell")
    static let scriptInlineNetwork = Observation("script-inline-network-program")
    static let scriptDecodesAndRuns = Observation("script-decodes-and-runs")
    static let scriptSendsData = Observation("script-sends-local-data")
    static let scriptNetworkClient = Observation("script-network-client")
    static let scriptMentionsURL = Observation("script-url")
    static let scriptInlineProgram = Observation("script-inline-program")
    static let scriptSubstitution = Observation("script-substitution")
    static let scriptDecoder = Observation("script-decoder")
    static let scriptPowerShell = Observation("script-powershell")

    // INST-GYP
    static let gypQuery = Observation("gyp-query")
    static let gypCommand = Observation("gyp-command")
    static let gypCommandWithoutSources = Observation("gyp-command-without-sources")
    static let gypCommandHostile = Observation("gyp-command-hostile")
    static let gypWithoutSources = Observation("gyp-without-sources")
    static let gypAction = Observation("gyp-action")
    static let gypExpression = Observation("gyp-expression")
    static let gypEscape = Observation("gyp-escape")

    // INST-PTH
    static let pathFileInWheel = Observation("pth-runs-code-in-wheel")
    static let pathFileInSource = Observation("pth-runs-code-in-sdist")
    static let pathFileInTests = Observation("pth-runs-code-in-tests")
    static let pathFileKnown = Observation("pth-known")

    // INST-SITECUST
    static let startModuleInWheel = Observation("start-module-in-wheel")
    static let startModuleInSource = Observation("start-module-in-sdist")

    // INST-BACKEND
    static let backendInTree = Observation("backend-in-tree")
    static let backendUnknown = Observation("backend-unknown")
    static let buildHook = Observation("build-hook")

    // INST-SHADOW
    static let shadowsCommand = Observation("shadows-command")
    static let commandEscapes = Observation("command-escapes")
    static let shadowsModule = Observation("shadows-module")

    // INST-SHRINKWRAP
    static let shrinkwrap = Observation("shrinkwrap")
    static let bundledModules = Observation("bundled-modules")
}
