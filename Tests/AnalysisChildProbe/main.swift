import Analyzers
import Glibc
import Platform
import Worker

// The analysis child alone; with `--behave WHAT` one that misbehaves once it is confined.

private let arguments = Array(CommandLine.arguments.dropFirst())
private let behaviour = arguments.firstIndex(of: "--behave").flatMap { place in
    place + 1 < arguments.count ? Misbehaviour(arguments[place + 1]) : nil
}
exit(AnalysisChild.main(arguments: arguments, behaviour: behaviour.map { $0.act }))
