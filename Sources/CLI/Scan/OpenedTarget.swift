import Analyzers
import Configuration
import Platform
import Registry
import Worker

/// A file or folder of the command line, open as the analysis takes it.
struct OpenedTarget: Sendable {
    let input: LocalAnalysis.Input
    /// What members' names have in front because a folder was packed.
    let prefix: String
    /// What was left out of a folder, for people.
    let notes: [String]

    /// Why nothing can be known of a target: a word of the job queue, such as `unreadable`, and a sentence.
    struct Fault: Error, Sendable {
        let cause: String
        let detail: String
    }

    init(input: LocalAnalysis.Input, prefix: String = "", notes: [String] = []) {
        self.input = input
        self.prefix = prefix
        self.notes = notes
    }

    /// - Parameter disk: where folders are packed, which blocks.
    /// - Throws: `Fault`.
    init(
        _ target: ScanTarget, ecosystem: Ecosystem?, purl: PackageURL? = nil, on disk: BlockingPool
    ) async throws(Fault) {
        switch target.contents {
        case .unreadable(let reason): throw Fault(cause: "unreadable", detail: reason)
        case .tooDeep: throw Fault(cause: "limit", detail: "it lies deeper than folders are searched")
        case .file:
            let file: OpenFile
            do throws(FileError) { file = try OpenFile.openForReading(target.path) } catch {
                throw Fault(cause: "unreadable", detail: "\(error)")
            }
            self.init(
                input: LocalAnalysis.Input(file: file, filename: target.filename, ecosystem: ecosystem, purl: purl))
        case .folder(let form):
            let packed: FolderPacking.Packed
            do throws(FolderFault) {
                packed = try await disk.run { () throws(FolderFault) in
                    var packing = FolderPacking(target.path, as: form)
                    return try packing.pack()
                }
            } catch {
                throw Fault(cause: error.isLimit ? "limit" : "unreadable", detail: "\(error)")
            }
            self.init(
                input: LocalAnalysis.Input(
                    file: packed.file, filename: packed.filename, ecosystem: packed.ecosystem, purl: purl),
                prefix: packed.prefix, notes: packed.notes)
        }
    }

    /// A path as people know it: inside the archive, or below the folder that was packed.
    func shown(_ path: String) -> String { path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path }
}

extension LocalAnalysis {
    /// The analysis that a command line asks for.
    convenience init(
        executablePath: String, jobs: Int, allowance: AnalysisAllowance, isSandboxRequired: Bool,
        rules: UserRules? = nil
    ) {
        var limits = AnalysisLimits.standard
        limits.seconds = allowance.seconds
        self.init(
            executablePath: executablePath, concurrent: jobs, sandbox: isSandboxRequired ? .required : .degraded,
            limits: limits, childLimits: ChildLimits(allowance), rules: rules)
    }
}
