/// What calling a function does to the world outside of the program, or brings into it.
///
/// The vocabularies of the languages say it of each known path; rules ask for effects, never for paths.
public struct Effects: OptionSet, Sendable, Hashable {
    public let rawValue: UInt64
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(bit: UInt64) { rawValue = 1 << bit }

    /// Talks to the network in any way.
    public static let network = Effects(bit: 0)
    /// Gets something from the network: a request's answer.
    public static let receives = Effects(bit: 1)
    /// Gives something to the network: a body, a message.
    public static let sends = Effects(bit: 2)
    /// Asks for a host's address.
    public static let resolvesNames = Effects(bit: 3)
    /// Opens a plain socket.
    public static let socket = Effects(bit: 4)
    /// Starts another program.
    public static let process = Effects(bit: 5)
    /// The program's text is given to a shell.
    public static let shell = Effects(bit: 6)
    /// Runs text as code: eval, exec, Function, vm.
    public static let runsCode = Effects(bit: 7)
    /// Makes code of text, without running it.
    public static let compiles = Effects(bit: 8)
    /// Loads a module by a name given to it.
    public static let loads = Effects(bit: 9)
    public static let readsFiles = Effects(bit: 10)
    public static let writesFiles = Effects(bit: 11)
    public static let deletesFiles = Effects(bit: 12)
    /// Removes whole folders.
    public static let deletesTrees = Effects(bit: 13)
    /// Makes a file executable or changes who may use it.
    public static let changesModes = Effects(bit: 14)
    public static let listsFolders = Effects(bit: 15)
    /// Reads a variable of the environment.
    public static let environment = Effects(bit: 16)
    /// The environment as a whole.
    public static let wholeEnvironment = Effects(bit: 17)
    /// Undoes an encoding or compression: base64, hexadecimal, zlib, marshal, character codes.
    public static let decodes = Effects(bit: 18)
    public static let decrypts = Effects(bit: 19)
    public static let encrypts = Effects(bit: 20)
    /// Any other cryptography.
    public static let crypto = Effects(bit: 21)
    /// Turns an object into text or bytes: JSON.stringify, json.dumps.
    public static let serialises = Effects(bit: 22)
    /// Makes objects of bytes in a way that can run code: pickle, marshal, yaml.load.
    public static let deserialises = Effects(bit: 23)
    /// Facts about the machine, one bit each: they count together.
    public static let hostName = Effects(bit: 24)
    public static let userName = Effects(bit: 25)
    public static let platformName = Effects(bit: 26)
    public static let interfaces = Effects(bit: 27)
    public static let homeFolder = Effects(bit: 28)
    public static let temporaryFolder = Effects(bit: 29)
    public static let clipboard = Effects(bit: 30)
    public static let screen = Effects(bit: 31)
    public static let keyboard = Effects(bit: 32)
    /// Calls native code by address or name: ctypes, ffi.
    public static let foreignCode = Effects(bit: 33)
    /// Reads or writes memory of other processes.
    public static let processMemory = Effects(bit: 34)
    /// Joins a stream with a terminal or another stream: dup2, pty.
    public static let redirects = Effects(bit: 35)
    /// Country, language or clock.
    public static let locale = Effects(bit: 36)
    public static let clock = Effects(bit: 37)
    /// Waits.
    public static let waits = Effects(bit: 38)
    /// Asks about debuggers, virtual machines or tracing.
    public static let introspectsHost = Effects(bit: 39)
    /// Installs packages.
    public static let installs = Effects(bit: 40)
    /// Reads pixels or samples of media.
    public static let readsMedia = Effects(bit: 41)

    public static let hostFacts: Effects = [.hostName, .userName, .platformName, .interfaces]
}
