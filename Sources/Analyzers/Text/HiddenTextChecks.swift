import SourceCode
import UnicodeText

/// Characters that people do not see as machines read them, in one file.
enum HiddenTextRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {
        if !ByteClasses.isASCII(file.name) { HiddenTextCheck.checkName(file, into: &report) }
        EncodingCheck.check(file, into: &report)
        guard let source = file.text else { return }
        if !file.classes.isPlain {
            let check = HiddenTextCheck(file, source.bytes)
            check.run(into: &report)
        }
        if let model = file.model { NameCheck.check(model, in: file, into: &report) }
    }
}

/// The check of one file that has more than plain ASCII.
private struct HiddenTextCheck {
    let file: InspectedFile
    let bytes: [UInt8]
    let scan: HiddenTextScan
    let places: SourcePlaces?
    let isCode: Bool
    let isTest: Bool

    init(_ file: InspectedFile, _ bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
        scan = HiddenTextScan(bytes)
        places = file.model.map { SourcePlaces(model: $0) }
        isCode = file.model != nil || file.role.isCode || file.kind == .shell || file.kind == .gyp
        isTest = file.role.isTestOrDocumentation
    }

    func run(into report: inout FileReport) {
        // Bytes that are no UTF-8 are another encoding's letters unless an interpreter reads them.
        if isCode || String(validating: bytes, as: UTF8.self) != nil {
            checkCarriers(into: &report)
            checkZeroWidth(into: &report)
        }
        checkDirection(into: &report)
        if isCode {
            checkFillers(into: &report)
            checkPrivateUse(into: &report)
        }
        checkControls(into: &report)
    }

    private func line(_ offset: Int?) -> Int? { offset.map { file.line(at: $0) } }

    private func hide(_ observation: Observation, _ offset: Int?, count: Int = 1, into report: inout FileReport) {
        report.note(observation, line: line(offset), count: count)
        report.fact(.hiddenText, line: line(offset))
    }

    // MARK: Direction

    private func checkDirection(into report: inout FileReport) {
        guard let first = scan.direction.first else { return }
        if isCode {
            guard !isTest else { return report.note(.bidiInTests, line: line(first), count: scan.direction.count) }
            // Writing from right to left in a text for people needs these characters now and then.
            if scan.hasRightToLeft, scan.overrides.count == 0,
                scan.direction.offsets.allSatisfy({ places?.place(of: $0) == .string })
            {
                return report.note(.bidiWithLetters, line: line(first), count: scan.direction.count)
            }
            if scan.direction.offsets.allSatisfy(isListed) {
                return report.note(.bidiListed, line: line(first), count: scan.direction.count)
            }
            // Lines that are wholly within one text cannot show another text's end.
            if scan.direction.offsets.allSatisfy(isWithinText) {
                // What documentation says is run by nobody.
                if scan.direction.offsets.prefix(16).allSatisfy(isDocumentation) {
                    return report.note(.bidiInDocumentation, line: line(first), count: scan.direction.count)
                }
                return report.note(.bidiWithinText, line: line(first), count: scan.direction.count)
            }
            hide(.bidiInCode, first, count: scan.direction.count, into: &report)
        } else if let kind = ManifestKind(path: file.path, layout: file.layout) {
            checkManifest(kind, first, into: &report)
        } else if let override = scan.overrides.first, !scan.hasRightToLeft {
            report.note(.bidiInProse, line: line(override), count: scan.overrides.count)
        }
    }

    /// Whether a character stands in a regular expression or literal beside marks only, as tables of characters have it.
    private func isListed(_ offset: Int) -> Bool {
        guard let token = places?.token(before: offset), token.kind == .string || token.kind == .regularExpression,
            (Int(token.start)..<Int(token.end)).contains(offset), offset + 3 < bytes.count, offset > 0
        else { return false }
        // Letters, digits and blanks are what would be shown in another order; those of an escape are marks.
        let isMark: (UInt8) -> Bool = { $0 >= 0x80 || "\"'`-[]|\\^,;:)(".utf8.contains($0) }
        return isMark(bytes[offset + 3]) && (isMark(bytes[offset - 1]) || endsEscape(offset))
    }

    /// Whether `\u2029`, `\x9f` or `\0` ends at an offset.
    private func endsEscape(_ offset: Int) -> Bool {
        [(2, 0x30), (4, 0x78), (6, 0x75)].contains { length, letter in
            offset >= length && bytes[offset - length] == UInt8(ascii: "\\")
                && bytes[offset - length + 1] == UInt8(letter)
        }
    }

    /// Whether the line of an offset begins and ends within one literal of several lines.
    private func isWithinText(_ offset: Int) -> Bool {
        guard let token = places?.token(before: offset), token.kind == .string else { return false }
        let literal = Int(token.start)..<Int(token.end)
        guard literal.contains(offset) else { return false }
        return bytes[literal.lowerBound..<offset].contains(0x0A) && bytes[offset..<literal.upperBound].contains(0x0A)
    }

    /// Whether an offset lies in a literal that stands alone as a statement.
    private func isDocumentation(_ offset: Int) -> Bool {
        guard let model = file.model, let index = places?.index(before: offset) else { return false }
        return model.strings.contains { $0.origin == .documentation && $0.tokens.contains(Int32(clamping: index)) }
    }

    private func checkManifest(_ kind: ManifestKind, _ first: Int, into report: inout FileReport) {
        switch kind {
        case .wheelMetadata, .sourceMetadata, .eggMetadata:
            // The description is prose, in which such characters belong to some languages.
            let header = CoreMetadata(bytes).headerBytes.count
            let count = scan.direction.offsets.count { $0 < header }
            if count > 0 { report.note(.bidiInText, line: line(first), count: count) }
        case .packageJSON, .gypFile, .shrinkwrap, .bundledPackageJSON, .wheelRecord, .wheelFile, .entryPoints,
            .pyproject, .setupConfig, .eggEntryPoints, .pathFile, .agentSettings:
            report.note(.bidiInText, line: line(first), count: scan.direction.count)
        }
    }

    // MARK: Carriers of text

    private func checkCarriers(into report: inout FileReport) {
        if let first = scan.tags.first {
            hide(isTest ? .tagCharactersInTests : .tagCharacters, first, count: scan.tags.count, into: &report)
        }
        if let run = scan.variationRuns.first(where: { $0.count >= 4 && $0.kinds.count > 1 }) {
            hide(isTest ? .variationRunInTests : .variationRun, run.start, count: run.count, into: &report)
        } else if let run = scan.variationRuns.first(where: { ($0.kinds.count > 1 || $0.count > 8) && !isMongolian($0) }
        ) {
            report.note(.variationPair, line: line(run.start), count: run.count)
        }
        if scan.strayVariations.count >= 4 {
            let observation: Observation = isTest ? .variationStrayInTests : .variationStray
            hide(observation, scan.strayVariations.first, count: scan.strayVariations.count, into: &report)
        } else if scan.strayEmojiVariations.count >= 32 {
            report.note(
                .variationPair, line: line(scan.strayEmojiVariations.first), count: scan.strayEmojiVariations.count)
        }
    }

    /// Whether a run has only Mongolian's own four selectors, as classes of characters list them.
    private func isMongolian(_ run: HiddenTextScan.Run) -> Bool {
        run.count <= 4 && run.kinds.allSatisfy { (0x180B...0x180F).contains($0) }
    }

    // MARK: Zero width

    private func checkZeroWidth(into report: inout FileReport) {
        if let run = scan.zeroWidthRuns.first(where: { $0.count >= 16 && $0.kinds.count > 1 }) {
            hide(isTest ? .zeroWidthRunInTests : .zeroWidthMessage, run.start, count: run.count, into: &report)
        } else if let run = scan.zeroWidthRuns.first {
            report.note(.zeroWidthRun, line: line(run.start), count: run.count)
        } else if scan.within.count >= 64, scan.withinKinds.count > 1 {
            report.note(.zeroWidthSpread, line: line(scan.within.first), count: scan.within.count)
        }
        guard let places, scan.within.count > 0 else { return }
        for offset in scan.within.offsets {
            guard let token = places.token(before: offset), token.kind == .string, token.end - token.start < 80 else {
                continue
            }
            let word = FoldedText(Array(bytes[Int(token.start)..<Int(token.end)])).bytes
            guard NameCheck.isPowerful(word.filter { $0 != 0x22 && $0 != 0x27 && $0 != 0x60 }) else { continue }
            return hide(.zeroWidthInName, offset, into: &report)
        }
    }

    // MARK: Letters that show nothing

    private func checkFillers(into report: inout FileReport) {
        if let run = scan.fillerRuns.first(where: { $0.kinds.count > 1 }) {
            hide(isTest ? .fillerRunInTests : .fillerRun, run.start, count: run.count, into: &report)
        }
        guard let places, let model = file.model else { return }
        for offset in scan.fillers.offsets where places.place(of: offset) == .code {
            return hide(.fillerInCode, offset, count: scan.fillers.count, into: &report)
        }
        for offset in scan.fillers.offsets {
            guard let index = places.index(before: offset), isMemberName(index, model) else { continue }
            return report.note(.fillerAsMember, line: line(offset))
        }
    }

    /// Whether a string of nothing but fillers names a member: `box["ㅤ"]`, `{"ㅤ": 1}`.
    private func isMemberName(_ index: Int, _ model: CodeModel) -> Bool {
        let text = Array(model.text(ofToken: Int32(clamping: index)).dropFirst().dropLast())
        guard model.tokens[index].kind == .string, text.count >= 3, text.count <= 96 else { return false }
        var offset = 0
        while offset < text.count {
            let (value, length) = UTF8Scalar.read(text.span, at: offset)
            guard HiddenCharacter(value) == .filler else { return false }
            offset += length
        }
        let following = model.text(ofToken: Int32(clamping: index + 1))
        let before = model.text(ofToken: Int32(clamping: index - 1))
        return following.equals(":") && !before.equals("?") || following.equals("]") && before.equals("[")
    }

    // MARK: Private use

    private func checkPrivateUse(into report: inout FileReport) {
        guard let run = scan.privateRuns.first(where: { $0.repeats && $0.kinds.count > 1 }) else { return }
        report.note(.privateUseRun, line: line(run.start), count: run.count)
    }

    // MARK: Controls

    private func checkControls(into report: inout FileReport) {
        let isManifest = ManifestKind(path: file.path, layout: file.layout) != nil
        for offset in scan.controls.offsets {
            if isManifest, bytes[offset] == 0x1B || bytes[offset] == 0x08 || bytes[offset] == 0 {
                return report.note(.controlInMetadata, line: line(offset), count: scan.controls.count)
            }
            guard isCode, forgesDisplay(at: offset) || bytes[offset] == 0 && offset + 16 < bytes.count else { continue }
            let place = places?.place(of: offset) ?? .comment
            guard place == .comment || place == .code && (bytes[offset] == 0 || bytes[offset] == 0x1B) else { continue }
            return report.note(.controlInCode, line: line(offset), count: scan.controls.count)
        }
        checkLineEnds(into: &report)
    }

    /// Whether a terminal that shows the text from `offset` overwrites, moves or conceals.
    private func forgesDisplay(at offset: Int) -> Bool {
        if bytes[offset] == 0x08 { return offset + 2 < bytes.count && bytes[offset + 1] == 8 && bytes[offset + 2] == 8 }
        guard bytes[offset] == 0x1B, offset + 2 < bytes.count else { return false }
        if bytes[offset + 1] == UInt8(ascii: "]") || bytes[offset + 1] == UInt8(ascii: "P") { return true }
        guard bytes[offset + 1] == UInt8(ascii: "[") else { return false }
        var index = offset + 2
        while index < bytes.count, index < offset + 16, bytes[index] < 0x40 { index += 1 }
        guard index < bytes.count else { return false }
        // Colours are harmless, but for the one that conceals.
        return bytes[index] != UInt8(ascii: "m")
            || bytes[offset..<index].contains(UInt8(ascii: "8")) && index == offset + 3
    }

    /// Ends of lines that interpreters see and people do not, where they end a comment.
    private func checkLineEnds(into report: inout FileReport) {
        guard let places else { return }
        var offsets = scan.returns.count * 10 < scan.lineFeeds || scan.returns.count < 3 ? scan.returns.offsets : []
        if file.kind == .javaScript || file.kind == .typeScript { offsets += scan.lineSeparators.offsets }
        for offset in offsets {
            guard let comment = places.comment(at: offset), Int(comment.upperBound) == offset,
                let next = places.index(before: min(offset + 400, bytes.count))
            else { continue }
            let token = places.model.tokens[next]
            let isOnLine = Int(token.start) > offset && !bytes[offset..<Int(token.start)].contains(0x0A)
            let first = places.index(before: offset).map { $0 + 1 } ?? 0
            let start = Int(places.model.tokens[min(first, next)].start)
            if isOnLine || start > offset && !bytes[offset..<start].contains(0x0A) {
                return report.note(.lineEndInComment, line: line(offset))
            }
        }
    }

    // MARK: The file's name

    static func checkName(_ file: InspectedFile, into report: inout FileReport) {
        let scan = HiddenTextScan(file.name)
        if scan.tags.count + scan.within.count + scan.strayVariations.count + scan.fillers.count > 0
            || !scan.variationRuns.isEmpty
        {
            report.note(.hiddenInFileName)
            report.fact(.hiddenText)
        }
        let words = file.name.split { !(($0 | 0x20) &- 0x61 < 26) && $0 < 0x80 }
        if words.contains(where: { NameCheck.isForged(Array($0)) }) { report.note(.mixedFileName) }
    }
}
