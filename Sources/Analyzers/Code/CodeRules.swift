import SourceCode

/// What the calls of one file do and what flows into them.
enum CodeRules {
    /// Adds to `report` what is noticed, and answers what the file loads and runs.
    static func check(_ file: InspectedFile, into report: inout FileReport) -> [FileLink] {
        guard let model = file.model else { return [] }
        let scan = CodeScan(file, model, report)
        check(scan)
        report = scan.report
        return FileLinks.links(of: scan)
    }

    /// What is noticed about a text that lies in another one and is code.
    static func report(of file: InspectedFile, _ model: CodeModel, depth: Int) -> FileReport {
        let scan = CodeScan(file, model, FileReport(), depth: depth)
        check(scan)
        return scan.report
    }

    private static func check(_ scan: CodeScan) {
        CapabilityScan.check(scan)
        NameTricks.check(scan)
        DecodedText.check(scan)
        if !scan.effects.isDisjoint(with: [.runsCode, .compiles, .process, .deserialises]) || scan.compilesModules {
            ExecutionFlow.check(scan)
        }
        if scan.effects.contains(.deserialises) { ObjectFlow.check(scan) }
        ExecutionFlow.checkImports(scan)
        if scan.effects.contains(.receives) || scan.effects.isSuperset(of: [.readsFiles, .writesFiles, .process]) {
            DownloadFlow.check(scan)
        }
        if !scan.effects.isDisjoint(with: [.socket, .resolvesNames]) { ShellFlow.check(scan) }
        if !scan.effects.isDisjoint(with: [.sends, .network]) { SecretFlow.check(scan) }
        if !scan.effects.isDisjoint(with: [.wholeEnvironment, .hostName, .userName, .interfaces]) {
            EnvironmentFlow.check(scan)
        }
        ImpactScan.check(scan)
        if scan.isSetupScript { SetupScan.check(scan) }
    }
}
