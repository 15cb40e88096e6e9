import Platform
import Worker

/// Whether the kernel has what confines an analysis, and the proof that it does.
enum SandboxChecks {
    static func all(executablePath: String, mayBeDegraded: Bool) async -> [DoctorCheck] {
        let available = Sandbox.available()
        let proof = await SandboxProof.run(executablePath: executablePath)
        return setting(available, mayBeDegraded: mayBeDegraded)
            + kernel(available, landlockVersion: Sandbox.landlockVersion, mayBeDegraded: mayBeDegraded)
            + self.proof(proof, mayBeDegraded: mayBeDegraded)
    }

    /// That the configuration accepts less than the whole sandbox, whether or not the kernel has it.
    static func setting(_ available: SandboxReport, mayBeDegraded: Bool) -> [DoctorCheck] {
        guard mayBeDegraded else { return [] }
        let use = available.isComplete ? "this kernel has every layer, so it is of no use" : "analyses run with less"
        return [
            DoctorCheck(
                "sandbox setting", .warn, "the configuration says `sandbox: degraded`; \(use)",
                advice: available.isComplete
                    ? "take it out of the configuration" : "use a kernel with every layer, then take it out")
        ]
    }

    static func kernel(_ available: SandboxReport, landlockVersion: Int?, mayBeDegraded: Bool) -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        for layer in SandboxLayer.allCases {
            guard let gap = available.gaps.first(where: { $0.layer == layer }) else {
                let version = layer == .landlock ? landlockVersion.map { ", version \($0)" } ?? "" : ""
                checks.append(DoctorCheck("kernel: \(layer.rawValue)", .ok, "available\(version)"))
                continue
            }
            checks.append(
                DoctorCheck(
                    "kernel: \(layer.rawValue)", mayBeDegraded ? .warn : .fail, gap.reason,
                    advice: mayBeDegraded
                        ? "analyses run without it, as `sandbox: degraded` says"
                        : "use a kernel that has it, or accept less with `sandbox: degraded`"))
        }
        return checks
    }

    static func proof(_ proof: SandboxProof, mayBeDegraded: Bool) -> [DoctorCheck] {
        let checks = proof.trials.map { trial in
            let name = "sandbox: \(trial.attempt.rawValue)"
            switch trial.outcome {
            case .refused(let code):
                return DoctorCheck(name, .ok, "refused (\(SandboxAttempt.name(ofError: code)))")
            case .ended(let signal):
                return DoctorCheck(name, .ok, "the kernel ended the process (\(Self.name(ofSignal: signal)))")
            case .allowed:
                return DoctorCheck(
                    name, mayBeDegraded ? .warn : .fail, "it went through",
                    advice: "do not analyse on this machine before the layers above are there")
            case .unknown(let reason):
                return DoctorCheck(
                    name, mayBeDegraded ? .warn : .fail, "cannot be told: \(reason)",
                    advice: "run jurat doctor again; if it stays so, report it")
            }
        }
        return checks + [start(proof, mayBeDegraded: mayBeDegraded)]
    }

    /// How long it took until a process was confined, if any was.
    private static func start(_ proof: SandboxProof, mayBeDegraded: Bool) -> DoctorCheck {
        guard proof.medianStart > .zero else {
            return DoctorCheck(
                "sandbox: start", mayBeDegraded ? .warn : .fail, "no process said that it was confined",
                advice: "see what the checks above say; nothing can be analysed here")
        }
        let milliseconds = proof.medianStart / .milliseconds(1)
        return DoctorCheck(
            "sandbox: start", .ok,
            "\((milliseconds * 10).rounded() / 10) ms until a process is confined; layers: \(proof.layers)")
    }

    private static func name(ofSignal signal: Int32) -> String {
        signal == ChildSignal.badSystemCall ? "SIGSYS" : "signal \(signal)"
    }
}
