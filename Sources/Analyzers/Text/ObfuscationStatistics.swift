/// What the shape of one file's text shows: escapes, entropy, long lines, gaps.
enum ObfuscationStatistics {
    static func check(_ file: InspectedFile, into report: inout FileReport) {}
}
