/// What the calls of one file do and what flows into them.
enum CodeRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {}
}
