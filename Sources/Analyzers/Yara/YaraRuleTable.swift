import CYARA
import Screening

/// Compiled rules, loaded: what libyara scans with and the table of what they are.
@safe final class YaraRuleTable: @unchecked Sendable {
    let rules: UnsafeMutablePointer<YR_RULES>
    let entries: [UserRules.Entry]
    /// A module that rules import and must not.
    let foreignModule: String?

    /// - Throws: `UserRuleError.damaged`, or `.refused` for a rule that findings cannot speak of.
    init(loading compiled: [UInt8]) throws(UserRuleError) {
        guard Yara.isReady else { throw .damaged(reason: "libyara cannot be initialised") }
        var loaded: UnsafeMutablePointer<YR_RULES>?
        var bytes = compiled
        let code = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            var source = unsafe jurat_yara_bytes(
                bytes: bytes.baseAddress, count: bytes.count, capacity: bytes.count, position: 0)
            return unsafe jurat_yara_load(&source, &loaded)
        }
        guard code == ERROR_SUCCESS, let loaded = unsafe loaded else {
            throw .damaged(reason: "libyara answers \(code)")
        }
        let read: [UserRules.Entry]
        do throws(UserRuleError) { read = try unsafe Self.entries(of: loaded) } catch {
            unsafe _ = yr_rules_destroy(loaded)
            throw error
        }
        entries = read
        let imports = ImportCheck()
        // Modules are loaded before any rule runs, so the shortest file shows them all.
        let probe: [UInt8] = [0]
        unsafe _ = yr_rules_scan_mem(
            loaded, probe, probe.count, 0, noteImport, Unmanaged.passUnretained(imports).toOpaque(), 10)
        foreignModule = imports.foreign
        unsafe rules = loaded
    }

    deinit { unsafe _ = yr_rules_destroy(rules) }

    private static func entries(
        of rules: UnsafeMutablePointer<YR_RULES>
    ) throws(UserRuleError) -> [UserRules.Entry] {
        var entries: [UserRules.Entry] = []
        let count = unsafe jurat_yara_rule_count(rules)
        for index in 0..<count {
            let isPrivate = unsafe jurat_yara_rule_is_private(jurat_yara_rule(rules, index)) != 0
            guard !isPrivate, let rule = unsafe jurat_yara_rule(rules, index),
                let text = unsafe jurat_yara_rule_name(rule)
            else { continue }
            let name = unsafe String(cString: text)
            guard name.utf8.count <= UserRules.maxNameBytes else {
                throw .refused(
                    file: "rule \(name)", line: nil,
                    reason: "its name has \(name.utf8.count) letters; at most \(UserRules.maxNameBytes) fit a finding")
            }
            var severity = Severity.suspicious
            if let text = unsafe jurat_yara_rule_meta(rule, "severity") {
                let word = unsafe String(cString: text)
                guard let stated = Severity(rawValue: word) else {
                    throw .refused(
                        file: "rule \(name)", line: nil,
                        reason: "its severity is not info, suspicious or malicious, in quotes")
                }
                severity = stated
            }
            let description = unsafe jurat_yara_rule_meta(rule, "description").map { unsafe String(cString: $0) }
            entries.append(
                UserRules.Entry(name: name, severity: severity, description: description.flatMap(Self.sentence)))
        }
        return entries
    }

    /// A description as it may be printed: one line without control characters; nil when nothing is left.
    private static func sentence(_ text: String) -> String? {
        let kept = text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }.prefix(200)
        return kept.isEmpty ? nil : String(String.UnicodeScalarView(kept))
    }
}

private final class ImportCheck {
    var foreign: String?
}

private let noteImport: YR_CALLBACK_FUNC = { _, message, data, user in
    guard message == CALLBACK_MSG_IMPORT_MODULE, let data = unsafe data, let user = unsafe user,
        let text = unsafe jurat_yara_module_name(data)
    else { return CALLBACK_CONTINUE }
    let name = unsafe String(cString: text)
    guard !Yara.modules.contains(name) else { return CALLBACK_CONTINUE }
    unsafe Unmanaged<ImportCheck>.fromOpaque(user).takeUnretainedValue().foreign = name
    return CALLBACK_ABORT
}
