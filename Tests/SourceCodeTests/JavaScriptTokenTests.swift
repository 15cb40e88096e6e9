import Foundation
import SourceCode
import TestSupport
import Testing

@Suite("Tokens of JavaScript")
struct JavaScriptTokenTests {
    @Test(
        "a slash divides behind a value and begins a regular expression elsewhere",
        arguments: [
            ("a = b / c / d", 0), ("a = /c/", 1), ("x = {} / 2 / 1", 0), ("x = function () {} / 2 / 1", 0),
            ("if (a) /re/.test(b)", 1), ("while (a) /re'/.x", 1), ("for (;;) /re\"/.x", 1), ("f(a) / 2 / 1", 0),
            ("a++ / 2 / 1", 0), ("a\n++/re/.x", 1), ("{ } /re'/.x", 1), ("({}) / 2 / 1", 0), ("[1] / 2 / 1", 0),
            ("function f() {} /re'/.x", 1), ("const f = () => {}\n/re'/.x", 1), ("return_ / 2 / 1", 0),
            ("a.return / 2 / 1", 0), ("a ? /b/ : /c'/", 2), ("switch (a) { case /x/: {} /y'/.z }", 2),
            ("label: { } /re'/.x", 1), ("class A { static x = /x'/ }", 1), ("x = class {} / 2 / 1", 0),
            ("do {} while (x) /re'/.x", 1), ("typeof /x'/", 1), ("for (x of /y'/[b]) ;", 1), ("of / 2 / of", 0),
            ("this / 2 / 1", 0), ("`${a}` / 2 / 1", 0), ("x => { } \n /a'/.b", 1),
            ("({ a: function () {} / 2 / 1 })", 0),
            ("({ return: 1 / 2 / 1 })", 0), ("/[/'\"]/.x", 1), ("/[\\]/]'/.x", 1), ("a?.5/1/2:b", 0),
            ("!function () {} / 2 / 1", 0), ("else_ / 1 / 2", 0), ("if (x) {} else /x'/.y", 1),
        ])
    func slashes(source: String, count: Int) {
        let model = CodeModel.javaScript(source)
        #expect(model.texts(.regularExpression).count == count, "\(source): \(model.texts)")
        #expect(model.problems.isEmpty, "\(source)")
    }

    @Test("comment openers inside strings, expressions and templates open nothing")
    func commentsInLiterals() {
        let model = CodeModel.javaScript(
            "const g = 'src/**/*.js', r = /\\/*[/*]/, t = `//${'/*'}<!--`; eval(g) // end */")
        #expect(model.commentTexts == ["// end */"])
        #expect(model.evaluations.count == 1)
    }

    @Test("scripts know comments like those of HTML, modules do not")
    func markupComments() {
        let script = CodeModel.javaScript("<!-- a 'b\n--> c 'd\nx; /* e\n */ --> f\neval(1)")
        #expect(script.commentTexts == ["<!-- a 'b", "--> c 'd", "/* e\n */", "--> f"])
        #expect(script.evaluations.count == 1)
        let module = CodeModel.javaScript("import a from 'b'; x<!--y; eval(1)")
        #expect(module.comments.isEmpty)
        #expect(module.evaluations.count == 1)
        #expect(CodeModel.javaScript("while (x --> 0) eval(1)").evaluations.count == 1)
    }

    @Test("a first line for the shell is a comment", arguments: ["#!/usr/bin/env node\neval(1)"])
    func hashbang(source: String) {
        #expect(CodeModel.javaScript(source).commentTexts == ["#!/usr/bin/env node"])
    }

    @Test("every line end ends a comment", arguments: ["\n", "\r", "\r\n", "\u{2028}", "\u{2029}"])
    func lineEnds(end: String) {
        let model = CodeModel.javaScript("// a\(end)eval('x')")
        #expect(model.commentTexts == ["// a"])
        #expect(model.evaluations.count == 1)
    }

    @Test("templates nest, and a brace inside a substitution does not end it")
    func templates() {
        let model = CodeModel.javaScript("`a${ {b: `c${d}e`} }f${'}'}g` + 1")
        #expect(model.texts(.templateHead) == ["`a${", "`c${"])
        #expect(model.texts(.templateMiddle) == ["}f${"])
        #expect(model.texts(.templateTail) == ["}e`", "}g`"])
        #expect(model.problems.isEmpty)
    }

    @Test("names may have escapes, and letters of every script")
    func names() {
        let model = CodeModel.javaScript("\\u0065val('a'); \\u{65}v\\u0061l('b'); ünï = \u{540D}; #p")
        #expect(model.evaluations.count == 2)
        #expect(model.evaluations.allSatisfy { $0.callee.spelling.contains(.disguised) })
        #expect(model.names.first { $0.text == "eval" }?.isEscaped == true)
        #expect(model.names.map(\.text).contains("\u{540D}"))
        #expect(model.texts(.identifier).last == "#p")
    }

    @Test(
        "numbers have separators, bases, exponents and the mark of big ones",
        arguments: ["1_000n", "0x1Fn", "0b11", "0o17", ".5e-3", "1.", "1e10", "017", "08.5", "1.5"])
    func numbers(source: String) {
        #expect(CodeModel.javaScript("x = " + source).texts(.number) == [source])
    }

    @Test("strings go over continued lines and end at others")
    func strings() {
        let model = CodeModel.javaScript("a = 'b\\\nc\\\r\nd\u{2028}e'; f = 'g\neval(1)")
        #expect(model.strings(.literal) == ["bcd\u{2028}e", "g"])
        #expect(model.problems.map(\.kind) == [.unterminatedString])
        #expect(model.evaluations.count == 1)
    }

    @Test("elements are told from comparisons, and code between their braces is read")
    func elements() {
        let model = CodeModel.javaScript(
            "const a = <div title=\"it's\" {...p}>don't {eval(1)} // text <b/> </div>; x = a < b > (c)")
        #expect(model.texts(.markupText) == ["don't ", " // text ", " "])
        #expect(model.evaluations.count == 1)
        #expect(model.comments.isEmpty && model.problems.isEmpty)
        #expect(CodeModel.javaScript("f(<><A.B c-d='e'/></>); eval(1)").evaluations.count == 1)
    }

    @Test("TypeScript's types, assertions and generic functions hide no code")
    func types() {
        let source = """
            import type { A } from 'a'; enum E { x = 1 } namespace N { eval('n') }
            abstract class C<T extends object> extends D<T> { private x?: string = eval('f'); constructor(readonly y: T) { super() } }
            const f = async <T,>(a: T, b?: Array<Array<number>>): Promise<void> => { eval('g') };
            const g = <any>eval('a') as unknown as string; h<string>(eval('h')!); let z: (a: number) => string = eval('t')
            type U<T> = T extends string ? 'a' : { b: T }; declare module 'm' { } function o(a: string): void; interface I { x: 1 }
            """
        let model = CodeModel.javaScript(source, .typeScript)
        #expect(model.evaluations.compactMap { $0.arguments.first?.constant }.count == 6)
        #expect(model.problems.isEmpty)
        let element = CodeModel.javaScript("const a = <p>it's {eval(1)}</p>; const s: string = 'x'", .typeScript)
        #expect(element.evaluations.count == 1 && element.problems.isEmpty)
    }
}
