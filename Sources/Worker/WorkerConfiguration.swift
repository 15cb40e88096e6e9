public import Analyzers
public import Platform
public import VerdictStore

/// How a worker runs.
public struct WorkerConfiguration: Sendable {
    /// What to do when the kernel lacks a layer of the sandbox.
    public enum SandboxRequirement: Sendable, Equatable {
        /// Analyse nothing.
        case required
        /// Go on with the layers there are.
        case degraded
    }

    /// The socket of the gateway's admin API; nil when `serverURL` is used.
    public var adminSocketPath: String?
    /// The base URL of the gateway's admin API when it is not reached by a socket, without a slash at the end.
    public var serverURL: String?
    /// Where the verdict key and the advisory snapshot are.
    public var dataDirectory: DataDirectory
    /// The file that holds the passphrase of the verdict key; nil when that is not encrypted.
    public var passphrasePath: String?
    /// How many jobs run at once.
    public var slots: Int
    /// The executable that is started for each artifact; its first argument is `analysis-child`.
    public var executablePath: String
    /// The arguments that make the executable an analysis child.
    var childArguments = [ChildChannel.argument]
    /// What the gateway calls this worker in its status.
    public var name: String
    public var sandbox: SandboxRequirement
    public var limits = AnalysisLimits.standard
    public var childLimits = ChildLimits()
    /// How the process for an artifact comes into being.
    public var childStart = ChildStart.copies(ChildStart.usualCopies)
    /// How long the gateway may keep a request for work waiting.
    public var leaseWaitSeconds = 20
    /// How often the gateway hears that a job is still worked on.
    public var heartbeatInterval = Duration.seconds(10)
    /// How long a finished statement is offered to a gateway that does not answer.
    public var submissionPatience = Duration.seconds(300)
    /// How long a worker waits before it asks a model once more.
    var modelPause = Duration.seconds(2)
    /// Where the proxies are named through which models are reached.
    public var environment = ProcessEnvironment(variables: [:])

    public init(
        adminSocketPath: String? = nil, serverURL: String? = nil, dataDirectory: DataDirectory, slots: Int = 1,
        executablePath: String, name: String, sandbox: SandboxRequirement = .required,
        passphrasePath: String? = nil
    ) {
        self.adminSocketPath = adminSocketPath
        self.serverURL = serverURL
        self.dataDirectory = dataDirectory
        self.slots = slots
        self.executablePath = executablePath
        self.name = name
        self.sandbox = sandbox
        self.passphrasePath = passphrasePath
    }
}

/// What one analysis child may use.
public struct ChildLimits: Sendable, Equatable {
    /// Address space besides the artifact, which is mapped as a whole.
    public var memoryBytes: Int64
    /// Wall-clock time from its start; later it is killed.
    public var deadline: Duration
    /// Time that it has to end after its answer.
    public var grace: Duration
    /// Processor time; nil is a little more than the deadline.
    public var processorTime: Duration?

    /// Processor time in whole seconds, as the kernel takes it.
    var processorSeconds: Int64 { processorTime?.components.seconds ?? deadline.components.seconds + 1 }

    /// One more than the highest descriptor number of a child, and of the process that copies itself.
    static let openFiles: Int64 = 32
    static let templateOpenFiles: Int64 = 64

    public init(memoryBytes: Int64 = 3 << 30, deadline: Duration = .seconds(330), grace: Duration = .seconds(2)) {
        self.memoryBytes = memoryBytes
        self.deadline = deadline
        self.grace = grace
    }
}
