import Registry

/// What the snapshot before says about one ecosystem, for taking it over.
struct PreviousKnowledge {
    private let index: AdvisoryIndex
    private let section: IndexSection
    private let provenance: ProvenanceLayout

    /// Nil when the snapshot does not say where its records came from.
    init?(_ index: AdvisoryIndex?, _ ecosystem: Ecosystem) {
        guard let index, let section = index.section(ecosystem), let provenance = section.provenance else { return nil }
        self.index = index
        self.section = section
        self.provenance = provenance
    }

    var rowCount: Int { provenance.count }
    var packageCount: Int { section.knowledge.packageCount }

    func record(_ row: Int) -> (id: String, state: RecordState, digest: UInt128) {
        index.image.withBytes { bytes in
            let place = unsafe provenance.row(row, in: bytes)
            return (unsafe provenance.ids.text(row, in: bytes), place.state, place.digest)
        }
    }

    func name(_ package: Int) -> String {
        index.image.withBytes { unsafe section.knowledge.names.text(package, in: $0) }
    }

    func place(ofPackage name: String) -> Int? {
        index.image.withBytes { unsafe section.place(ofPackage: name, in: $0) }
    }

    /// Lends the packages that a record is about.
    func forEachPackage(ofRow row: Int, _ body: (Int) -> Void) {
        index.image.withBytes { bytes in
            unsafe section.forEachPackage(withID: provenance.ids.item(row, in: bytes), in: bytes, body)
        }
    }

    /// Lends the rows of the records that are about a package.
    func forEachRow(ofPackage package: Int, _ body: (Int) -> Void) {
        index.image.withBytes { bytes in
            unsafe section.package(at: package, in: bytes).forEachAdvisory { advisory in
                let id = advisory.places { _ in }.id
                let row = unsafe provenance.place(ofID: UnsafeRawBufferPointer(rebasing: bytes[id]), in: bytes)
                guard let row else { preconditionFailure("the index has a record in a package and nowhere else") }
                body(row)
            }
        }
    }

    /// Lends a package's name and blob.
    @safe
    func withPackage<Result>(
        _ package: Int, _ body: (_ name: UnsafeRawBufferPointer, _ blob: UnsafeRawBufferPointer) -> Result
    ) -> Result {
        index.image.withBytes { bytes in
            unsafe body(
                section.knowledge.names.item(package, in: bytes), section.knowledge.blobs.item(package, in: bytes))
        }
    }
}

/// Copies the packages about which nothing changed, in the order of names.
struct PackageCopier {
    private let before: PreviousKnowledge
    private let stale: [Bool]
    private var next = 0

    /// - Parameter stale: which packages are not copied.
    init(_ before: PreviousKnowledge, _ stale: [Bool]) {
        self.before = before
        self.stale = stale
    }

    /// Copies everything ahead of `name`, or everything that is left.
    mutating func copy(before name: String?, to writer: inout KnowledgeWriter) {
        while next < before.packageCount {
            let isStale = stale[next]
            let isAhead = before.withPackage(next) { candidate, blob in
                let isAhead = name.map { $0.withBytes { unsafe candidate.lexicographicallyPrecedes($0) } } ?? true
                if isAhead && !isStale { unsafe writer.append(candidate, blob) }
                return isAhead
            }
            if !isAhead { return }
            next += 1
        }
    }
}
