/// Text that is meant for a reviewing model, in one file.
enum ReviewerTextRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {}
}
