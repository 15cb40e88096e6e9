/// What is read of a file only when something leads to it: what it is as code though its name promises none, and the
/// files that a shell script runs.
///
/// Nothing leads to most of the prose and data of a package, so their reading waits until that is known. The answer is
/// the same at any time.
final class LateReading {
    /// What a reading finds.
    struct Found {
        /// What a reader of code says; nil when the text does not look like code.
        var guess: FileReport?
        var links: [FileLink] = []
    }

    /// What a file is made of again.
    private struct Waiting {
        let name: [UInt8]
        let path: [[UInt8]]
        let bytes: [UInt8]
        let layout: ArtifactLayout
    }

    private var waiting: Waiting?
    private var known: Found

    /// What was found already.
    init(_ found: Found) { known = found }

    /// The reading of a file, which is held until then.
    init(of file: InspectedFile) {
        waiting = Waiting(name: file.name, path: file.path, bytes: file.bytes, layout: file.layout)
        known = Found()
    }

    /// What the file is, read now if it was not before.
    var found: Found {
        guard let file = waiting else { return known }
        waiting = nil
        known = Self.read(InspectedFile(name: file.name, path: file.path, bytes: file.bytes, layout: file.layout))
        return known
    }

    /// Reads a file without a model.
    static func read(_ file: InspectedFile) -> Found {
        var found = Found()
        if file.kind == .shell { found.links = FileLinks.links(ofShell: file.bytes) }
        guard let assumed = file.assumingCode() else { return found }
        var report = FileReport()
        IndicatorRules.check(assumed, into: &report)
        found.links = CodeRules.check(assumed, into: &report)
        found.guess = report
        return found
    }
}

/// Which files may wait for their reading: only so many bytes are held for that.
struct LateReadings {
    private var bytes = 0
    private static let maxBytes = 16 << 20

    /// The reading of a file without a model: later while there is room, at once otherwise.
    mutating func reading(of file: InspectedFile) -> LateReading {
        guard file.mayBeCode || file.kind == .shell else { return LateReading(LateReading.Found()) }
        guard bytes + file.bytes.count <= Self.maxBytes else { return LateReading(LateReading.read(file)) }
        bytes += file.bytes.count
        return LateReading(of: file)
    }
}
