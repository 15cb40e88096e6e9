/// Names that the reader itself asks for: reserved words first, then words with a meaning in places, then members and
/// globals. A file's other names get numbers behind these. Their spelling is the language's.
// swift-format-ignore: AlwaysUseLowerCamelCase
enum JavaScriptWord: Int32, CaseIterable {
    // Reserved.
    case `break`, `case`, `catch`, `class`, const, `continue`, debugger, `default`, delete, `do`, `else`, `enum`
    case export, extends, `false`, finally, `for`, function, `if`, `import`, `in`, instanceof, new, null, `return`
    case `super`, `switch`, this, `throw`, `true`, `try`, typeof, `var`, void, `while`, with
    // Reserved in places.
    case `let`, `static`, yield, await, async, of, get, set, from, `as`, satisfies, type, interface, namespace, module
    case declare, abstract, `public`, `private`, protected, readonly, override, accessor, constructor, implements,
        asserts
    case keyof, infer, unique, `is`, global, require, using, meta
    // Globals.
    case undefined, eval, Function, globalThis, window, `self`, top, parent, frames, process, arguments, exports, Buffer
    case Array, Object, String, Number, Reflect, Symbol, Math, JSON, Promise, NaN, Infinity
    case atob, btoa, decodeURIComponent, decodeURI, unescape, escape, encodeURIComponent, encodeURI, parseInt,
        parseFloat
    // Members.
    case prototype, call, apply, bind, construct, then, join, split, reverse, slice, substring, substr, charAt
    case charCodeAt, codePointAt, at, concat, `repeat`, toLowerCase, toUpperCase, toLocaleLowerCase, toLocaleUpperCase
    case trim, trimStart, trimEnd, replace, replaceAll, toString, valueOf, fromCharCode, fromCodePoint, raw, map
    case filter, forEach, reduce, some, every, find, findIndex, flatMap, sort, length, normalize
    case on, once, addListener, prependListener, addEventListener, setTimeout, setInterval, setImmediate, nextTick
    case queueMicrotask, main, mainModule, _load, createRequire, resolve, getBuiltinModule, values, entries, keys,
        assign
    case next, `defer`, freeze, getPrototypeOf, env, __proto__, importScripts, readFileSync, readFile, path, define,
        iterator,
        alloc
    case isArray, sub, buffer, url, flat, push, unshift, pop, shift, indexOf, includes, fetch, document
    case navigator, location

    static let last = JavaScriptWord.location
    static var reservedCount: Int32 { JavaScriptWord.let.rawValue }

    static func == (name: Int32, word: JavaScriptWord) -> Bool { name == word.rawValue }
    static func != (name: Int32, word: JavaScriptWord) -> Bool { name != word.rawValue }
}
