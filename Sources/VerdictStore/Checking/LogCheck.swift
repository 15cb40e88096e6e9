import Platform
import Screening

extension DeploymentCheck {
    /// The verdict log, as `log verify` checks it, and the pages of its database beside.
    func checkLog() -> CheckResult {
        var list = FindingList(.log)
        var summary = "no verdict log"
        do throws(LogError) {
            let reader = try LogReader(data)
            let verification = try reader.verify { [progress] done, all in progress(.log, done, all) }
            summary =
                "\(verification.entries) entries, \(verification.checkpoints) checkpoints of \(verification.origin)"
            addChains(verification.chains, to: &list)
            if verification.anchoredSize == nil {
                list.add(
                    .warning, data.anchorPath,
                    "there is no anchor, so nobody would notice that an old copy was put back",
                    advice: "start jurat serve once: it writes the anchor")
            }
        } catch {
            add(error, to: &list)
        }
        addPageProblems(of: data.verdictsPath, to: &list)
        return list.result(summary)
    }

    private func addChains(_ chains: ChainReport, to list: inout FindingList) {
        for finding in chains.broken {
            list.add(
                .damage, data.verdictsPath, "\(finding)",
                advice: "it counts for nothing here; find out who signed it, and revoke it (jurat verdict revoke)")
        }
        let lapsed = chains.lapsed.count
        guard lapsed > 0 else { return }
        list.add(
            .note, data.verdictsPath,
            "\(lapsed) of \(chains.verdicts) verdicts about differences no longer count: what they stood on was taken back",
            advice: "nothing to do: these artifacts are analysed again")
    }

    private func add(_ error: LogError, to list: inout FindingList) {
        switch error {
        case .notInitialized:
            list.add(
                .damage, data.verdictsPath, "there is no verdict log",
                advice: "create one with jurat init, or put a copy back with jurat restore")
        case .damaged(let damage):
            list.add(
                .damage, data.verdictsPath, "\(damage)",
                advice: "stop jurat serve, keep this file for inquiry, and put a good copy back with jurat restore")
        case .rewound, .forked, .unusableAnchor:
            list.add(.damage, data.anchorPath, "\(error)", advice: "see docs/operating.md, \"When the log went back\"")
        case .database(let error):
            list.add(.damage, data.verdictsPath, "\(error)", advice: "put a good copy back with jurat restore")
        case .succeeded, .noSuccession, .locked, .notTheLogKey, .refused, .wrongSequence, .overloaded, .closed, .ended,
            .alreadyInitialized,
            .badOrigin,
            .noSuchStatement, .ambiguousStatement, .otherExport, .file:
            list.add(data.verdictsPath, unreadable: error)
        }
    }

    private func addPageProblems(of path: String, to list: inout FindingList) {
        guard Files.exists(path) else { return }
        do throws(DatabaseError) {
            for problem in try Connection(path, access: .readOnly).integrityProblems() {
                list.add(.damage, path, problem, advice: "put a good copy back with jurat restore")
            }
        } catch {
            list.add(.damage, path, "\(error)", advice: "put a good copy back with jurat restore")
        }
    }

    /// Whether anything was ever judged here; false when the log cannot say.
    func logHasVerdicts() -> Bool {
        let found = try? LogReader(data).statements(matching: StatementFilter(predicateType: .verdict), limit: 1)
        return found?.isEmpty == false
    }
}
