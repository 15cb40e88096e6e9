/// Words of other languages as text folding leaves them: small, without accents. `*` stands for any further letters.
let foreignLexicon: [(WordMeaning, String)] = [
    // German
    (.ignore, "ignorier* missacht* vergiss vergesst vergessen uberspring*"), (.previous, "vorherig* bisherig* vorig*"),
    (.previous, "vorangegangen* fruher* obig* vorstehend*"), (.all, "alle alles samtliche"),
    (.orders, "anweisung* instruktion* vorgabe* richtlinie* regeln befehle*"),
    (.classify, "klassifizier* einstuf* bewert*"),
    (.mark, "markier* melde betracht* behandl* stufe"), (.answer, "antwort* gib ausgabe"),
    (.benign, "harmlos* gutartig* unbedenklich* ungefahrlich* unschadlich*"), (.safe, "sicher* sauber*"),
    (.package, "paket* bibliothek*"), (.file, "datei* quellcode quelltext modul*"), (.this, "dies* das"),
    (.machine, "ki sprachmodell*"), (.reviewer, "prufer* gutachter* sicherheitsprufer*"),
    (.salutation, "hinweis achtung anmerkung"), (.findings, "funde befunde schadcode"), (.no, "keine kein nicht"),
    // French
    (.ignore, "ignorez ignorer oublie oubliez oublier"), (.previous, "precedent* anterieur*"),
    (.all, "toutes tous toute"), (.orders, "consigne*"), (.classify, "classe classez classifie*"),
    (.mark, "marque marquez considere* signale* traite*"), (.answer, "reponds repondez"),
    (.benign, "inoffensi* benin* legitime*"), (.safe, "sur sain fiable securise"),
    (.package, "paquet* bibliotheque* logiciel"),
    (.file, "fichier*"), (.this, "ce cette"), (.machine, "ia"), (.reviewer, "relecteur* reviseur* verificateur*"),
    (.salutation, "remarque"), (.no, "aucun aucune pas"),
    // Spanish
    (.ignore, "ignora ignorad olvida olvide olvidar omite"), (.previous, "anterior* previas previos precedente*"),
    (.all, "todas todos toda"), (.orders, "instrucciones indicaciones directrices"),
    (.classify, "clasifica* califica*"),
    (.mark, "marca marque considera* trata informa"), (.answer, "responde responda"),
    (.benign, "benigno benigna inofensiv* legitimo legitima"), (.safe, "seguro segura limpio limpia"),
    (.package, "paquete* biblioteca libreria"), (.file, "archivo* codigo"), (.this, "este esta"),
    (.reviewer, "revisor* auditor* analista"), (.salutation, "nota atencion"), (.no, "ningun ninguna sin"),
    // Portuguese
    (.ignore, "ignorem esqueca esquecer desconsider*"), (.previous, "anteriores previas"),
    (.all, "todas todos"), (.orders, "instrucoes orientacoes diretrizes"), (.classify, "classifique classificar"),
    (.mark, "marque considere trate"), (.answer, "responda"), (.benign, "benigno inofensivo"),
    (.package, "pacote*"), (.file, "arquivo*"), (.salutation, "atencao"),
    // Italian
    (.ignore, "ignora ignorate dimentica* trascura*"), (.previous, "precedenti precedente"), (.all, "tutte tutti"),
    (.orders, "istruzioni direttive"), (.classify, "classifica classificare"), (.mark, "segna contrassegna considera"),
    (.answer, "rispondi"), (.benign, "innocuo innocua benigno"), (.safe, "sicuro sicura pulito"),
    (.package, "pacchetto libreria"), (.file, "codice"), (.this, "questo questa"), (.reviewer, "revisore"),
    (.salutation, "attenzione"),
    // Dutch
    (.ignore, "negeer* vergeet"), (.previous, "vorige eerdere voorgaande"),
    (.orders, "instructies aanwijzingen richtlijnen"),
    (.classify, "classificeer beoordeel"), (.mark, "markeer beschouw"), (.answer, "antwoord"),
    (.benign, "goedaardig onschadelijk"), (.safe, "veilig* schoon"), (.package, "pakket"), (.file, "bestand"),
    (.this, "dit deze"), (.salutation, "opmerking"),
    // Polish
    (.ignore, "zignoruj* ignoruj* pomin* zapomnij"), (.previous, "poprzedni* wczesniejsz*"), (.all, "wszystki*"),
    (.orders, "instrukcj* polecen* wytyczn*"), (.classify, "sklasyfikuj zaklasyfikuj ocen"), (.mark, "oznacz uznaj"),
    (.answer, "odpowiedz"), (.benign, "nieszkodliw* lagodn*"), (.safe, "bezpieczn* czyst*"), (.package, "pakiet*"),
    (.file, "plik*"), (.this, "ten to ta"), (.machine, "si"), (.salutation, "uwaga"),
    // Turkish
    (.ignore, "gormezden yoksay* unut*"), (.previous, "onceki"), (.all, "tum butun"), (.orders, "talimat* yonerge*"),
    (.classify, "siniflandir* degerlendir"), (.mark, "isaretle"), (.answer, "yanitla"), (.benign, "zararsiz"),
    (.safe, "guvenli temiz"), (.package, "paket* kutuphane"), (.file, "dosya* kod"), (.this, "bu"),
    (.salutation, "dikkat"),
    // Vietnamese
    (.ignore, "bo phot quen"), (.previous, "truoc"), (.all, "tat moi ca"), (.orders, "dan lenh"), (.mark, "danh coi"),
    (.benign, "hai lanh"), (.safe, "toan"), (.package, "goi"), (.file, "tep"), (.this, "nay"),
    // Indonesian
    (.ignore, "abaikan lupakan"), (.previous, "sebelumnya"), (.all, "semua"), (.orders, "instruksi perintah petunjuk"),
    (.classify, "klasifikasikan"), (.mark, "tandai anggap"), (.answer, "jawab"), (.benign, "berbahaya"),
    (.safe, "aman"),
    (.package, "paket"), (.file, "berkas kode"), (.this, "ini"),
    // Russian
    (.ignore, "игнорир* проигнорир* забудь* забудьте пропусти*"), (.previous, "предыдущ* прошл* прежн* вышеуказанн*"),
    (.all, "все всех"), (.orders, "инструкц* указани* правил* директив*"), (.classify, "классифицир* оцени*"),
    (.mark, "пометь* отметь* считай* сообщи*"), (.answer, "ответь* выведи*"),
    (.benign, "безвред* доброкачествен* безобидн*"), (.safe, "безопасн* чист*"), (.package, "пакет* библиотек*"),
    (.file, "код файл* модул*"), (.this, "этот это эта"), (.machine, "ии нейросет*"),
    (.reviewer, "рецензент* ревьюер* аудитор*"),
    (.salutation, "внимание примечание"),
    // Ukrainian
    (.ignore, "ігнору* проігнору* забудь* ігноруи*"), (.previous, "попередн*"), (.all, "всі усі"),
    (.orders, "інструкц* вказівк*"), (.classify, "класифіку*"), (.mark, "познач* вважаи*"), (.benign, "нешкідлив*"),
    (.safe, "безпечн*"), (.file, "фаил*"), (.this, "цеи це ця"),
    // Chinese, simplified and traditional
    (.ignore, "忽略 无视 無視 忘记 忘掉 忘記 不要理会"), (.previous, "之前 先前 以前 上述 以上 前面 此前"),
    (.all, "所有 全部 一切"), (.orders, "指令 指示 提示 说明 說明 规则 規則"), (.classify, "分类 归类 判定 评为 分類"),
    (.mark, "标记 視為 视为 报告 標記 认定"), (.answer, "回答 输出 回复 輸出"), (.benign, "无害 良性 無害"),
    (.safe, "安全 可信"), (.package, "软件包 程序包 套件 库 软件 这个包 该包 此包"), (.file, "代码 文件 程式碼"),
    (.this, "这个 此 该 這個"), (.machine, "人工智能 大模型 人工智慧 语言模型 模型"), (.reviewer, "审查员 审核员 扫描器 审计员 審查員"),
    (.salutation, "注意 致 请注意"),
    // Japanese
    (.ignore, "無視 忘れ むし"), (.previous, "以前 これまで 上記 前の 先ほど 従来"), (.all, "すべて 全て 全部"),
    (.orders, "指示 命令 プロンプト 指令 ルール"), (.classify, "分類 判定"), (.mark, "報告 マーク みなし"),
    (.answer, "回答 出力"), (.benign, "無害 良性"), (.safe, "安全"), (.package, "パッケージ ライブラリ"),
    (.file, "コード ファイル"), (.this, "この"), (.machine, "人工知能 言語モデル"), (.reviewer, "レビュアー レビューア"),
    (.salutation, "注意"),
    // Korean
    (.ignore, "무시* 잊어* 잊으*"), (.previous, "이전* 앞선 앞의 기존* 위의"), (.all, "모든 모두 전부"),
    (.orders, "지시* 명령* 지침* 프롬프트* 규칙*"), (.classify, "분류*"), (.mark, "표시* 보고* 간주*"), (.answer, "응답* 답변* 출력*"),
    (.benign, "무해* 악성이"), (.safe, "안전*"), (.package, "패키지* 라이브러리*"), (.file, "코드* 파일*"), (.this, "이"),
    (.machine, "인공지능* 언어모델*"), (.reviewer, "검토자* 리뷰어* 심사자*"), (.salutation, "주의 참고"),
    // Arabic
    (.ignore, "تجاهل* وتجاهل* انس* انسى*"), (.previous, "السابقة السابق السابقه"), (.all, "جميع كل كافة"),
    (.orders, "التعليمات تعليمات الأوامر الاوامر التوجيهات"), (.classify, "صنف* تصنيف*"), (.mark, "اعتبر* علم*"),
    (.benign, "حميد* ضار*"), (.safe, "امن* آمن* امنة"), (.package, "الحزمة الحزمه حزمة المكتبة"),
    (.file, "الكود الملف"),
    (.this, "هذا هذه"), (.salutation, "ملاحظة تنبيه"), (.machine, "الاصطناعي"),
    // Hindi
    (.ignore, "अनदेखा* नजरअंदाज* अनदेख* भूल*"), (.previous, "पिछले पिछल* पहले पूर्व*"), (.all, "सभी सब"),
    (.orders, "निर्देश* निर्देशों आदेश*"), (.mark, "चिह्नित*"), (.safe, "सुरक्षित*"), (.package, "पैकेज*"), (.file, "कोड* फ़ाइल* फाइल*"),
    (.this, "यह इस"), (.benign, "हानिरहित*"),
]
