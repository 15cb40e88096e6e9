import Advisories
import Configuration
import Gateway
import HTTP
import JSON
import Platform
import Registry
import VerdictStore

/// `jurat advisories sync` and `import`: load bundles.
enum AdvisoriesCommands {
    static let all: [Command] = [
        Command(
            ["advisories", "sync"], "load what is new at the sources that the configuration names",
            options: [shrinkOption, dryRunOption], example: "jurat advisories sync", run: sync),
        Command(
            ["advisories", "import"], "load bundles from files or URLs", operands: ["[ECOSYSTEM=]FILE…"],
            options: [shrinkOption, dryRunOption], example: "jurat advisories import npm-all.zip pypi=pypi-all.zip",
            run: importBundles),
        AdvisoriesStatusCommand.command,
    ]

    private static let shrinkOption = CommandOption.flag(
        "allow-shrink", "take a bundle with far fewer records than the last, and replace a damaged snapshot")
    private static let dryRunOption = CommandOption.flag("dry-run", "say what would be loaded, and load nothing")

    private static func sync(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let deployment = try Deployment(invocation)
        let sources = BundleSource.all(deployment.configuration.advisories.sources)
        guard !sources.isEmpty else {
            throw CommandFailure(
                .failure,
                "no advisory source is configured; set advisories.sources, or load a file with jurat advisories import")
        }
        return try await load(sources, deployment, invocation)
    }

    private static func importBundles(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        var sources: [BundleSource] = []
        for operand in invocation.operands {
            let source = try source(operand)
            if let other = sources.first(where: { $0.ecosystem == source.ecosystem }) {
                throw CommandFailure(
                    .usage,
                    "\(other.shown) and \(source.shown) are both bundles of \(source.ecosystem.rawValue), "
                        + "of which there can be one; import the other one afterwards, or leave it away")
            }
            sources.append(source)
        }
        return try await load(sources, try Deployment(invocation), invocation)
    }

    /// `npm=FILE`, `pypi=URL`, or a file whose records say what they are about.
    static func source(_ operand: String) throws(CommandFailure) -> BundleSource {
        let pieces = operand.split(separator: "=", maxSplits: 1).map(String.init)
        if pieces.count == 2, let ecosystem = Ecosystem(rawValue: pieces[0].lowercased()) {
            return BundleSource(ecosystem, pieces[1])
        }
        guard !BundleSource.isURL(operand) else {
            throw CommandFailure(
                .usage,
                "\(ConfigurationLoader.masked(operand)) needs its ecosystem: npm=\(ConfigurationLoader.masked(operand)) or pypi=…"
            )
        }
        let found: [Ecosystem]
        do throws(BundleSubjectError) {
            found = try BundleSubject.ecosystems(ofFile: operand)
        } catch {
            throw CommandFailure(
                .usage, "\(error); expected a bundle (all.zip), or ECOSYSTEM=FILE with npm or pypi, as in npm=all.zip")
        }
        guard found.count == 1 else {
            throw CommandFailure(
                .usage,
                "the records of \(operand) do not say whether they are npm's or pypi's; write npm=\(operand) or "
                    + "pypi=\(operand)")
        }
        return BundleSource(found[0], operand)
    }

    private static func load(
        _ sources: [BundleSource], _ deployment: Deployment, _ invocation: Invocation
    ) async throws(CommandFailure) -> ExitCode {
        let console = invocation.surroundings.console
        if invocation.has("dry-run") {
            for source in sources { console.line("would load \(source.ecosystem.rawValue) from \(source.shown)") }
            return .success
        }
        let path = deployment.data.advisoriesDirectory
        let directory = AdvisoryDirectory(directory: path)
        let observer = SyncObserver(console: console)
        let turn = ImportTurn(directory: directory, path: path, clock: invocation.surroundings.clock)
        let lock = try await turn.take(as: "jurat \(invocation.command.name)", observer)
        let sync = AdvisorySync(
            directory: directory, path: path, limits: FetchLimits(deployment.configuration.advisories),
            upstream: UpstreamClient(
                proxyEnvironment: invocation.surroundings.environment, userAgent: "jurat/\(JuratVersion.text)",
                maxConnectionsPerHost: 2), clock: invocation.surroundings.clock, observer: observer)
        let outcome = await sync.run(sources, allowShrink: invocation.has("allow-shrink"))
        withExtendedLifetime(lock) {}
        report(outcome, on: console)
        // A running server notices by itself within a second; telling it only saves that.
        if Files.exists(deployment.data.adminSocketPath) {
            _ = try? await deployment.admin.post("\(AdminClient.api)/advisories/reload", .object([:]))
        }
        return outcome.failures.isEmpty ? .success : .failure
    }

    private static func report(_ outcome: AdvisorySync.Outcome, on console: Console) {
        for source in outcome.unchanged {
            console.line("\(source.ecosystem.rawValue): nothing new at \(source.shown)")
        }
        if let report = outcome.report {
            for ecosystem in Ecosystem.allCases {
                guard let counts = report.perEcosystem[ecosystem] else { continue }
                console.line("\(ecosystem.rawValue): \(text(counts))")
            }
            console.line("loaded \(report.recordsKept) of \(report.recordsRead) records")
            for skipped in report.skipped.prefix(20) { console.note("  skipped \(skipped.record): \(skipped.reason)") }
            if report.recordsSkipped > 20 { console.note("  … \(report.recordsSkipped) skipped in all") }
        }
        for (source, failure) in outcome.failures {
            let place = "\(source.ecosystem.rawValue) bundle \(source.shown)"
            console.note("jurat: \(Logger.printable("\(place): \(failure)")). What was loaded before stays in force")
        }
    }

    private static func text(_ counts: AdvisoryImportReport.Counts) -> String {
        if counts.isUnchanged { return "\(counts.recordsKept) records, the same bundle as before" }
        return "\(counts.recordsKept) records about \(counts.packages) packages, \(counts.recordsWithdrawn) withdrawn, "
            + "\(counts.recordsSkipped) skipped"
    }
}
