import CUTF8Proc

extension CompatibilityForm {
    /// What a text is once letter case, composition, compatibility variants and invisible characters are set aside.
    ///
    /// Texts with one such form are one name to some file system or interpreter. Bytes that are no UTF-8 are only
    /// folded where they are ASCII.
    ///
    /// Spec: Unicode Standard, section 3.13 (toNFKC_Casefold).
    public static func folded(_ text: [UInt8]) -> [UInt8] {
        let lowered = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if lowered.allSatisfy({ $0 < 0x80 }) { return lowered }
        var result: UnsafeMutablePointer<UInt8>?
        let options =
            UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue | UTF8PROC_COMPAT.rawValue | UTF8PROC_CASEFOLD.rawValue
            | UTF8PROC_IGNORE.rawValue
        let count = unsafe text.withUnsafeBufferPointer { source in
            unsafe utf8proc_map(source.baseAddress, source.count, &result, utf8proc_option_t(rawValue: options))
        }
        defer { unsafe free(result) }
        guard count >= 0, let result = unsafe result else { return lowered }
        return unsafe Array(UnsafeBufferPointer(start: result, count: count))
    }
}
