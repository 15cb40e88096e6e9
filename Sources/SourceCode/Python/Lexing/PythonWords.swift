/// The keywords and builtins of Python, which have fixed numbers in every `PythonNameTable`.
enum PythonWords {
    static let falseWord: Int32 = 0
    static let noneWord: Int32 = 1
    static let trueWord: Int32 = 2
    static let andWord: Int32 = 3
    static let asWord: Int32 = 4
    static let assertWord: Int32 = 5
    static let asyncWord: Int32 = 6
    static let awaitWord: Int32 = 7
    static let breakWord: Int32 = 8
    static let classWord: Int32 = 9
    static let continueWord: Int32 = 10
    static let defWord: Int32 = 11
    static let delWord: Int32 = 12
    static let elifWord: Int32 = 13
    static let elseWord: Int32 = 14
    static let exceptWord: Int32 = 15
    static let finallyWord: Int32 = 16
    static let forWord: Int32 = 17
    static let fromWord: Int32 = 18
    static let globalWord: Int32 = 19
    static let ifWord: Int32 = 20
    static let importWord: Int32 = 21
    static let inWord: Int32 = 22
    static let isWord: Int32 = 23
    static let lambdaWord: Int32 = 24
    static let nonlocalWord: Int32 = 25
    static let notWord: Int32 = 26
    static let orWord: Int32 = 27
    static let passWord: Int32 = 28
    static let raiseWord: Int32 = 29
    static let returnWord: Int32 = 30
    static let tryWord: Int32 = 31
    static let whileWord: Int32 = 32
    static let withWord: Int32 = 33
    static let yieldWord: Int32 = 34
    static let matchWord: Int32 = 35
    static let caseWord: Int32 = 36
    static let typeWord: Int32 = 37
    static let printWord: Int32 = 38
    static let execWord: Int32 = 39

    /// Keywords come first; `match`, `case`, `type`, `print` and `exec` are names that can begin a statement.
    static let keywordCount: Int32 = 35
    /// From `type` to the end of the list are the names that Python itself defines.
    static let firstBuiltin: Int32 = 37
    static let count: Int32 = 211

    static let nameName: Int32 = 119
    static let staticmethodName: Int32 = 105
    static let classmethodName: Int32 = 53
    static let bytesName: Int32 = 50
    static let strName: Int32 = 106

    /// Whether a number is a keyword that cannot be a name.
    static func isKeyword(_ id: Int32) -> Bool { id < keywordCount }

    /// A table with all of them, to be copied for each file.
    static let table: PythonNameTable = {
        let table = PythonNameTable(words: words)
        // The numbers above are places in the list: one that is wrong would give a word another's meaning.
        for (number, word) in numbered { precondition(table.isName(number, word), "a word is not in its place") }
        precondition(table.count == Int(count), "the list has another length")
        return table
    }()

    /// The ends of the runs of numbers, and all that stand alone.
    private static let numbered: [(Int32, StaticString)] = [
        (falseWord, "False"), (yieldWord, "yield"), (matchWord, "match"), (typeWord, "type"), (execWord, "exec"),
        (nameName, "__name__"), (staticmethodName, "staticmethod"), (classmethodName, "classmethod"),
        (bytesName, "bytes"), (strName, "str"), (keywordCount, "match"), (firstBuiltin, "type"),
    ]

    private static let words: [StaticString] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "match", "case", "type",
        "print", "exec",
        "abs", "aiter", "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes",
        "callable", "chr", "classmethod", "compile", "complex", "copyright", "credits", "delattr", "dict", "dir",
        "divmod", "enumerate", "eval", "exit", "filter", "float", "format", "frozenset", "getattr", "globals",
        "hasattr", "hash", "help", "hex", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "license",
        "list", "locals", "map", "max", "memoryview", "min", "next", "object", "oct", "open", "ord", "pow",
        "property", "quit", "range", "repr", "reversed", "round", "set", "setattr", "slice", "sorted",
        "staticmethod", "str", "sum", "super", "tuple", "vars", "zip", "__import__", "__build_class__",
        "__builtins__", "__debug__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__path__",
        "__spec__", "__annotations__", "__cached__", "ArithmeticError", "AssertionError", "AttributeError",
        "BaseException", "BaseExceptionGroup", "BlockingIOError", "BrokenPipeError", "BufferError", "BytesWarning",
        "ChildProcessError", "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError",
        "ConnectionResetError", "DeprecationWarning", "EOFError", "Ellipsis", "EncodingWarning", "EnvironmentError",
        "Exception", "ExceptionGroup", "FileExistsError", "FileNotFoundError", "FloatingPointError", "FutureWarning",
        "GeneratorExit", "IOError", "ImportError", "ImportWarning", "IndentationError", "IndexError",
        "InterruptedError", "IsADirectoryError", "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError",
        "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplemented", "NotImplementedError", "OSError",
        "OverflowError", "PendingDeprecationWarning", "PermissionError", "ProcessLookupError", "RecursionError",
        "ReferenceError", "ResourceWarning", "RuntimeError", "RuntimeWarning", "StopAsyncIteration", "StopIteration",
        "SyntaxError", "SyntaxWarning", "SystemError", "SystemExit", "TabError", "TimeoutError", "TypeError",
        "UnboundLocalError", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError",
        "UnicodeWarning", "UserWarning", "ValueError", "Warning", "ZeroDivisionError", "apply", "basestring",
        "buffer", "cmp", "coerce", "execfile", "file", "intern", "long", "raw_input", "reduce", "reload", "unichr",
        "unicode", "xrange",
    ]
}
