import Screening

/// What single facts mean together: the last word of the static analyzer.
struct Combinations {
    let judgement: ArtifactJudgement

    func check() {
        for file in judgement.files.indices { check(file) }
        checkUnread()
        checkReviewerText()
        checkParts()
    }

    /// A hidden program in one file, and the means to run it in another.
    private func checkParts() {
        let all = judgement.files.indices
        let hiding = all.filter { reach(.hiddenProgram, $0).map { $0 >= .load } == true }
        guard let first = hiding.first else { return }
        let running = all.compactMap { file in
            hiding == [file] ? nil : reach(.execution, file)
        }.max()
        if let running, running >= .load { add(.hiddenProgramElsewhere, first, running) }
    }

    private func reach(_ fact: FileFact, _ file: Int) -> Reach? { judgement.reach(of: fact, in: file) }

    private func add(_ observation: Observation, _ file: Int, _ reach: Reach?) {
        judgement.inspection.findings.add(observation, path: judgement.files[file].name, reach: reach)
    }

    /// Facts of one file; those of tests and documentation mean nothing together.
    private func check(_ file: Int) {
        checkWatching(file)
        let facts = judgement.reports(of: file).flatMap(\.facts)
        guard facts.count > 1 || facts.contains(where: { $0.fact == .decodesAndRuns }) else { return }
        let network = max(reach(.network, file), reach(.sends, file))
        let sends = reach(.sends, file)
        let decodes = reach(.decodesAndRuns, file)
        let secrets = max(reach(.credentials, file), reach(.wholeEnvironment, file))
        checkInstall(file, network: network, sends: sends, secrets: reach(.credentials, file))
        if let secrets, let network, min(secrets, network) > .tests, reach(.credentials, file) != nil {
            add(.secretsBesideNetwork, file, min(secrets, network))
        }
        if let decodes, decodes > .tests, network != nil || reach(.credentials, file) != nil {
            add(.decodedCodeBesideNetwork, file, decodes)
        }
        if let hidden = reach(.hiddenText, file), hidden > .tests, let runs = reach(.execution, file), runs > .tests {
            add(.hiddenTextBesideExecution, file, runs)
        }
        if reach(.exfiltrationHost, file).map({ $0 > .tests }) == true {
            let told = max(secrets, reach(.hostFacts, file), reach(.wholeEnvironment, file))
            if let told, told > .tests, network != nil { add(.collectsForDropHost, file, told) }
        }
    }

    /// Keys that are watched, or the screen, in a file that talks to the network.
    private func checkWatching(_ file: Int) {
        let uses = judgement.reports(of: file).flatMap(\.uses)
        guard let watching = uses.first(where: { $0.capability == .keyboard || $0.capability == .screen }),
            uses.contains(where: { $0.capability == .network }), reach(.sends, file) != nil
        else { return }
        let isLoaded = uses.contains { $0.capability == watching.capability && $0.atLoad }
        if let reach = judgement.reach(of: file, atLoad: isLoaded), reach > .tests {
            add(.watchesAndSends, file, reach)
        }
    }

    /// What runs at installation and talks to the network beside something that no installer needs.
    private func checkInstall(_ file: Int, network: Reach?, sends: Reach?, secrets: Reach?) {
        guard network == .install else { return }
        let host = reach(.hostFacts, file)
        // What a build loads for a version or a name is the whole program; there the values themselves must be sent.
        let node = judgement.graph.nodes[file]
        let isInstaller = node.isCalledAtInstall || judgement.inspection.layout != .sourceDistribution
        let tells = isInstaller && sends == .install
        if secrets == .install || tells && reach(.wholeEnvironment, file) == .install {
            add(.secretsAtInstall, file, .install)
        } else if tells, host == .install {
            add(.hostFactsAtInstall, file, .install)
        } else if judgement.inspection.layout == .npmTarball {
            add(.networkAtInstall, file, .install)
        }
    }

    /// Files that could not be read and that something leads to.
    private func checkUnread() {
        for file in judgement.files.indices {
            if let reach = reach(.unread, file), reach >= .load, judgement.graph.nodes[file].isLinked {
                add(.unreadFileRuns, file, reach)
            }
        }
    }

    /// Text for a reviewing machine, beside anything that is held by itself.
    private func checkReviewerText() {
        let speaking = judgement.files.indices.filter { file in
            (reach(.reviewerText, file) ?? .tests) > .tests || isShownText(file)
        }
        guard let first = speaking.first else { return }
        let isHeld = judgement.inspection.findings.contains { notice in
            let entry = RuleCatalog.entry(notice.observation)
            // What waits to be called is held for itself; the author's words need not be about it.
            if notice.reach == .call || notice.reach == .tests { return false }
            return entry.detail.severity(at: notice.reach) >= .suspicious && !entry.rule.id.hasPrefix("INJ-")
        }
        if isHeld { add(.reviewerTextBesideFinding, first, nil) }
    }

    /// A README at the root is nobody's test.
    private func isShownText(_ file: Int) -> Bool {
        judgement.reports(of: file).contains { $0.has(.reviewerText) } && !judgement.files[file].isQuiet
    }
}

/// The greater of two, where there is any.
private func max(_ values: Reach?...) -> Reach? { values.compactMap { $0 }.max() }
