import Registry

/// One ecosystem's parts of an open index. Every function is lent the bytes of that index.
final class IndexSection: Sendable {
    let entry: SectionEntry
    let knowledge: KnowledgeLayout
    /// Nil when no bundle is kept.
    let provenance: ProvenanceLayout?

    /// Nil when the parts do not have the lengths of their arrays.
    @unsafe
    init?(_ entry: SectionEntry, in bytes: UnsafeRawBufferPointer) {
        self.entry = entry
        guard let knowledge = unsafe KnowledgeLayout(reading: bytes, entry.knowledge) else { return nil }
        self.knowledge = knowledge
        guard entry.hasProvenance else {
            provenance = nil
            return
        }
        guard let provenance = unsafe ProvenanceLayout(reading: bytes, entry.provenance) else { return nil }
        self.provenance = provenance
    }

    /// The place of a package by its canonical name.
    @unsafe
    func place(ofPackage name: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Int? {
        let layout = knowledge
        let hash = unsafe NameHash.hash(name)
        let bucket = NameHash.bucket(hash, bits: layout.bucketBits)
        let fragment = Int(UInt32(truncatingIfNeeded: hash))
        let first = unsafe bucket == 0 ? 0 : indexInteger(bytes, layout.bucketEnds + 4 * (bucket - 1))
        var low = first
        let end = unsafe indexInteger(bytes, layout.bucketEnds + 4 * bucket)
        var high = end
        while low < high {
            let middle = (low + high) / 2
            let other = unsafe indexInteger(bytes, layout.hashed + 8 * middle)
            let isBefore: Bool
            if other == fragment {
                let place = unsafe indexInteger(bytes, layout.hashed + 8 * middle + 4)
                let candidate = unsafe layout.names.item(place, in: bytes)
                if unsafe equalBytes(candidate, name) { return place }
                isBefore = unsafe candidate.lexicographicallyPrecedes(name)
            } else {
                isBefore = other < fragment
            }
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    @unsafe
    func place(ofPackage name: String, in bytes: UnsafeRawBufferPointer) -> Int? {
        name.withBytes { unsafe place(ofPackage: $0, in: bytes) }
    }

    @unsafe
    func package(at index: Int, in bytes: UnsafeRawBufferPointer) -> PackageBlob {
        unsafe PackageBlob(
            entry.ecosystem, bytes, knowledge.blobs.range(index, in: bytes),
            keys: knowledge.keys(ofPackage: index, in: bytes))
    }

    /// The package's name; nil when this version of the program reads names differently.
    @unsafe
    func name(ofPackage index: Int, in bytes: UnsafeRawBufferPointer) -> PackageName? {
        try? PackageName(parsing: unsafe knowledge.names.text(index, in: bytes), ecosystem: entry.ecosystem)
    }

    /// Lends the places of the packages that a record is about.
    @unsafe
    func forEachPackage(
        withID id: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, _ body: (Int) -> Void
    ) {
        unsafe knowledge.ids.forEach(equalTo: id, in: bytes) { place in
            unsafe body(indexInteger(bytes, knowledge.idPackages + 4 * place))
        }
    }

    /// Lends the ids of the records that give the alias, one for each package they are about.
    @unsafe
    func forEachID(aliasedBy alias: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, _ body: (String) -> Void)
    {
        unsafe knowledge.aliases.forEach(equalTo: alias, in: bytes) { place in
            let owner = unsafe indexInteger(bytes, knowledge.aliasOwners + 4 * place)
            unsafe body(knowledge.ids.text(owner, in: bytes))
        }
    }

    /// The place of a record among those of the bundle.
    @unsafe
    func row(ofID id: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> RecordRow? {
        guard let provenance, let place = unsafe provenance.place(ofID: id, in: bytes) else { return nil }
        return unsafe provenance.row(place, in: bytes)
    }
}

extension IndexSection {
    /// The names whose blobs differ or exist on one side only, ascending.
    @unsafe
    static func difference(
        _ new: IndexSection?, _ newBytes: UnsafeRawBufferPointer, _ old: IndexSection?,
        _ oldBytes: UnsafeRawBufferPointer
    ) -> [PackageName] {
        var changed: [PackageName] = []
        var (left, right) = (0, 0)
        let (leftEnd, rightEnd) = (new?.knowledge.packageCount ?? 0, old?.knowledge.packageCount ?? 0)
        // Both sides ascend by name.
        while left < leftEnd || right < rightEnd {
            let one = unsafe left < leftEnd ? new?.knowledge.names.item(left, in: newBytes) : nil
            let other = unsafe right < rightEnd ? old?.knowledge.names.item(right, in: oldBytes) : nil
            let isBoth: Bool
            let isLeft: Bool
            if let one = unsafe one, let other = unsafe other {
                isBoth = unsafe equalBytes(one, other)
                isLeft = unsafe isBoth || one.lexicographicallyPrecedes(other)
            } else {
                isBoth = false
                isLeft = unsafe one != nil
            }
            if isBoth, let new, let old {
                let (blob, earlier) = unsafe (
                    new.knowledge.blobs.item(left, in: newBytes), old.knowledge.blobs.item(right, in: oldBytes)
                )
                if unsafe !equalBytes(blob, earlier), let name = unsafe new.name(ofPackage: left, in: newBytes) {
                    changed.append(name)
                }
            } else if let section = isLeft ? new : old {
                let name = unsafe section.name(
                    ofPackage: isLeft ? left : right, in: isLeft ? newBytes : oldBytes)
                if let name { changed.append(name) }
            }
            if isBoth || isLeft { left += 1 }
            if isBoth || !isLeft { right += 1 }
        }
        return changed
    }
}
