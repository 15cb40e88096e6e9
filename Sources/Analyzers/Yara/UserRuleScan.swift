import CYARA

/// The operator's rules over the files of one artifact.
///
/// Each file is looked at by itself, as it is stored. What libyara does with hostile bytes happens in the process that
/// was confined for them.
@safe final class UserRuleScan {
    private let table: YaraRuleTable
    private let scanner: UnsafeMutablePointer<YR_SCANNER>
    private let hits = Hits()
    private var places: [String: Int] = [:]
    private var found: [(entry: UserRules.Entry, path: [UInt8]?, line: Int?, count: Int)] = []
    private var overflow: [String: Int] = [:]
    /// Whether a file took too long or could not be looked at to its end: then the answer depends on the machine.
    private(set) var isIncomplete = false

    /// Seconds for one file.
    private static let maxSeconds: Int32 = 20

    init(_ rules: UserRules, ecosystem: String) {
        table = rules.table
        var made: UnsafeMutablePointer<YR_SCANNER>?
        guard unsafe yr_scanner_create(table.rules, &made) == ERROR_SUCCESS, let made = unsafe made else {
            preconditionFailure("no memory to look for the rules of this installation")
        }
        unsafe scanner = made
        // Faults are left to the process's own handling: no signal handler of the library's.
        unsafe yr_scanner_set_flags(scanner, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH)
        unsafe yr_scanner_set_timeout(scanner, Self.maxSeconds)
        unsafe yr_scanner_set_callback(scanner, noteMatch, Unmanaged.passUnretained(hits).toOpaque())
        unsafe _ = yr_scanner_define_string_variable(scanner, "ecosystem", ecosystem)
    }

    deinit { unsafe yr_scanner_destroy(scanner) }

    /// Looks at one file: its bytes, the name it is stored under, and where it is installed.
    func check(_ bytes: [UInt8], name: [UInt8], path: [[UInt8]]) {
        guard !isIncomplete, !bytes.isEmpty else { return }
        hits.matches.removeAll(keepingCapacity: true)
        let shownPath = findingPath(Array(path.joined(separator: [UInt8(ascii: "/")])))
        unsafe _ = yr_scanner_define_string_variable(scanner, "path", shownPath)
        guard unsafe yr_scanner_scan_mem(scanner, bytes, bytes.count) == ERROR_SUCCESS else {
            isIncomplete = true
            return
        }
        for match in hits.matches { note(match, bytes, name) }
    }

    private func note(_ match: Hits.Match, _ bytes: [UInt8], _ name: [UInt8]) {
        guard let entry = table.entries.first(where: { $0.name == match.rule }) else { return }
        let count = places[entry.name, default: 0]
        guard count < FindingCollector.maxPlaces else {
            overflow[entry.name, default: 0] += 1
            return
        }
        places[entry.name] = count + 1
        let line = match.offset.flatMap { offset in
            isText(bytes) ? lineNumber(of: min(offset, bytes.count), in: bytes) : nil
        }
        found.append((entry, name, line, 1))
    }

    /// Everything that matched, in the order of the files and of the rules; places beyond the bound are summed up.
    var findings: [DetailedFinding] {
        let rest = table.entries.compactMap { entry in
            overflow[entry.name].map { (entry: entry, path: nil as [UInt8]?, line: nil as Int?, count: $0) }
        }
        return (found + rest).map { $0.entry.finding(path: $0.path.map(findingPath), line: $0.line, count: $0.count) }
    }
}

/// What matched in the file that is being scanned.
private final class Hits {
    struct Match {
        let rule: String
        let offset: Int?
    }

    var matches: [Match] = []
}

private let noteMatch: YR_CALLBACK_FUNC = { context, message, data, user in
    guard let user = unsafe user else { return CALLBACK_CONTINUE }
    let hits = unsafe Unmanaged<Hits>.fromOpaque(user).takeUnretainedValue()
    // A string that occurs more often than libyara counts is counted so often: the answer is the same every time.
    guard message == CALLBACK_MSG_RULE_MATCHING, let context = unsafe context,
        let rule = unsafe data?.assumingMemoryBound(to: YR_RULE.self), let text = unsafe jurat_yara_rule_name(rule)
    else { return CALLBACK_CONTINUE }
    let offset = unsafe jurat_yara_first_match(context, rule)
    hits.matches.append(Hits.Match(rule: unsafe String(cString: text), offset: offset >= 0 ? Int(offset) : nil))
    return CALLBACK_CONTINUE
}
