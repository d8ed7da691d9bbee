package words

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"culvert/certs"
	"culvert/certs/hosts"
	"culvert/certs/trust"
	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

const right = "name = \"web\"\n%s\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n"

func TestProblemsOfAProjectFileAreTranslated(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, text, want string }{
		{
			"an unknown key near a known one", "liste = []",
			"2:1: liste: 未知的键（是否想写 listen？）",
		},
		{
			"a key of a route at the top", "strip_prefix = true",
			"2:1: strip_prefix: 未知的键（应写在 [[route]] 之下）",
		},
		{
			"a table that no file has", "[tls]\n[auth]\nuser = \"u\"\npassword_env = \"P\"",
			"2:2: tls: 未知的键（此处可用：name, description, group, listen, hosts, redirect_http, idle_timeout, max_connections, " +
				"backlog, allow, deny, auth, certificate, cors, route）",
		},
		{
			"another type", `hosts = "localhost"`,
			`2:9: hosts: 是文本，但应为列表（请写成 hosts = ["localhost", "web-chat.localhost"]）`,
		},
		{
			"a type whose name has commas", "description = 1.5",
			`2:15: description: 是日期、时间或小数，但应为文本（请写成 description = "text"）`,
		},
		{
			"text for true", `redirect_http = "yes"`,
			"2:17: redirect_http: 是文本，但应为布尔值（true 或 false）（请写成 redirect_http = true，不加引号）",
		},
		{
			"text for a table", `auth = "dev"`,
			"2:8: auth: 是文本，但应为表（请将 [auth] 单独写一行，其下写它的键）",
		},
		{
			"an empty list", "listen = []",
			`2:10: listen: 为空（请写成 listen = ["127.0.0.1:8443"]，或删去这一行）`,
		},
		{
			"a port alone", `listen = ["8443"]`,
			`2:11: listen: "8443" 只有端口，没有地址（请写成 "127.0.0.1:8443"）`,
		},
		{
			"no address", `listen = [":8443"]`,
			`2:11: listen: ":8443" 没有指明地址（请写 "127.0.0.1:8443"（仅限本机）或 "0.0.0.0:8443"（本机所在的所有网络））`,
		},
		{
			"a value that reads like a sentence", `hosts = ["a is empty (take it out)"]`,
			`2:10: hosts: "a is empty (take it out)" 不是有效的主机名（请写成 hosts = ["localhost", "web-chat.localhost"]）`,
		},
		{
			"a value with quotes", `hosts = ["a\" is no port (x"]`,
			`2:10: hosts: "a\" is no port (x" 不是有效的主机名（请写成 hosts = ["localhost", "web-chat.localhost"]）`,
		},
		{
			"a host twice", `hosts = ["a.test", "A.test"]`,
			`2:20: hosts: "A.test" 与第 2 行重复（请保留其中一个）`,
		},
		{
			"a time span without a unit", `idle_timeout = "300"`,
			`2:16: idle_timeout: "300" 缺少单位（请写 "300s"（秒）或 "300ms"（毫秒））`,
		},
		{
			"a fix behind a value", "listen = [\"127.0.0.1:8443\"]\n[[route]]\npath = \"/a\"\nto = [\"ws://127.0.0.1:8443\"]",
			`5:7: route.to: "ws://127.0.0.1:8443" 就是隧道自己的地址 127.0.0.1:8443（请填写你的服务器的地址）`,
		},
		{
			"a number out of bounds", "backlog = 65536",
			"2:11: backlog: 不在 0 到 65535 之间（请写成 backlog = 100，0 表示默认值）",
		},
		{
			"a password in place of its variable", "[auth]\nuser = \"u\"\npassword_env = \"s3cret!\"",
			`4:16: auth.password_env: 不是环境变量名（请写成 password_env = "CHAT_PASSWORD"，密码不要写进文件）`,
		},
		{
			"a header with blanks", "[[route]]\npath = \"/a\"\nto = [\"ws://127.0.0.1:1\"]\nset_headers = { \"X Y\" = \"1\" }",
			`5:17: route.set_headers."X Y": "X Y" 不是有效的请求头名称（请只用字母、数字和 -）`,
		},
		{
			"two problems", "deny = [\"x\"]\ngroup = \"\"",
			"2:9: deny: \"x\" 不是 IP 地址或网段（例如 \"192.168.1.20\"、\"192.168.1.0/24\" 或 \"::1\"）\n" +
				"3:9: group: 为空（请删去这一行，或填写文本）",
		},
		{"text without quotes", "group = shop", `2:9: 值不能以 's' 开头（文本要加双引号：key = "text"）`},
		{"an open quote", "group = \"shop", "2:14: 双引号文本不能换行（引号要在同一行内闭合）"},
		{"an open list", "hosts = [\"a\"\ngroup = \"g\"", "3:1: 列表的值之后应为 ',' 或 ']'（值之间用逗号分隔，列表以 ] 结束）"},
		{"a key without a value", "group", "2:6: 键之后应为 '='（请写成 key = \"text\"）"},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := project.Parse("culvert.toml", fmt.Appendf(nil, right, c.text))
			if err == nil {
				t.Fatal("it is right")
			}
			if got := strings.ReplaceAll(Sentence(err.Error()), "culvert.toml:", ""); got != c.want {
				t.Errorf("got\n%s\nwant\n%s\nof\n%s", got, c.want, err)
			}
		})
	}
}

func TestQueriesAreTranslated(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ query, want string }{
		{`"open`, `"open：缺少右引号（请在末尾加上 "）`},
		{`"a: b c`, `"a: b c：缺少右引号（请在末尾加上 "）`},
		{"size>1x", `size>1x："1x" 不是大小（请写字节数，或 1k、2.5m、1g）`},
		{"dir>in", `dir>in：dir 不支持 ">"（请写 dir:…）`},
		{"is:odd", `is:odd："odd" 不是状态（可用：frame open close http violation handshake problem foreign compressed fragment truncated heartbeat）`},
		{"id:x", `id:x："x" 不是行（请写行号，例如 id:7 或 id:7..40）`},
		{"since:noon", `since:noon："noon" 不是时间（请写 -10s、15:04:05 或 2006-01-02T15:04:05）`},
	} {
		_, err := capture.ParseQuery(c.query)
		if err == nil {
			t.Errorf("%s is right", c.query)
			continue
		}
		if got := Sentence(err.Error()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.query, got, c.want)
		}
	}
	for query, want := range map[string]string{
		"a or b":  `"or" 按文本查找：各条件本就须全部满足（/a|b/ 可查找两者之一）`,
		"user:me": `"user:me" 按文本查找：没有 "user" 这个键（可用的键：dir op is size conn id path since until）`,
		"/(/":     "/(/ 按文本查找：error parsing regexp: missing closing ): `(`",
	} {
		q, err := capture.ParseQuery(query)
		if err != nil || len(q.Notes()) != 1 {
			t.Errorf("%s: %v, %v", query, q.Notes(), err)
			continue
		}
		if got := Sentence(q.Notes()[0]); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", query, got, want)
		}
	}
}

func TestTrustStoresAreTranslated(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	root := certificateAuthority(t).Root
	home := t.TempDir()
	sys := trust.System{Root: t.TempDir(), Env: []string{"HOME=" + home}, UID: 1000}
	database := filepath.Join(home, ".local", "share", "pki", "nssdb")
	if err := os.MkdirAll(database, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, r := range trust.Audit(context.Background(), trust.Stores(sys), root) {
		for _, text := range []string{r.Status.Reason, r.Status.Fix} {
			if text != "" {
				checkTranslated(t, text)
			}
		}
	}
}

func TestTroubleWithACAIsTranslated(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	named := func(name string) error {
		_, err := certs.CreateNamed(t.TempDir(), []string{name})
		return err
	}
	damaged := func(text string) error {
		ca, err := certs.LoadOrCreate(t.TempDir())
		if err == nil {
			err = os.WriteFile(ca.File(), []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = certs.Load(filepath.Dir(ca.File()))
		return err
	}
	_, absent := certs.Load(t.TempDir())
	_, refused := certs.NewMinter(nil, certificateAuthority(t)).GetCertificate(&tls.ClientHelloInfo{ServerName: "web.example.cn"})
	for _, c := range []struct {
		what string
		err  error
		want string // the end
	}{
		{"a wildcard", named("*.example.cn"), `名称 "*.example.cn"：不需要通配符（请写 example.cn，其下级名称也可签发）`},
		{"a name that is there", named("localhost"), `名称 "localhost"：本地 CA 已能为它签发证书（请运行：culvert trust）`},
		{"a name of many", named("com"), `名称 "com"：它的下级域名属于他人（请列出你自己的主机名，例如 web.com）`},
		{
			"no PEM", damaged("x"),
			`ca.pem：已损坏，其中没有 PEM 块 "CERTIFICATE"（运行 culvert untrust，移走 DIR，再运行 culvert trust 创建新的 CA）`,
		},
		{
			"no certificate", damaged("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
			"ca.pem：已损坏，x509: malformed certificate（运行 culvert untrust，移走 DIR，再运行 culvert trust 创建新的 CA）",
		},
		{"none", absent, "中的 CA：尚未创建 CA（culvert trust 会创建它）"},
		{
			"a name that no CA may sign", refused, `"web.example.cn" 的证书：本地 CA 无权为此名称签发证书` +
				`（请使用以 .localhost、.test、.internal 或 .home.arpa 结尾的名称，或运行：culvert trust --name web.example.cn）`,
		},
		{"a host in every file", hosts.Check("localhost"), `主机名 "localhost"：每个 hosts 文件中本来就有它（请换一个名称）`},
	} {
		got := regexp.MustCompile(`移走 \S+，`).ReplaceAllString(Sentence(c.err.Error()), "移走 DIR，")
		if !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s\nof\n%s", c.what, got, c.want, c.err)
		}
	}
}

func TestTroubleWithAServersCertificateIsTranslated(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty.pem":  "",
		"java.jks":   "\xCE\xCE\xCE\xCE",
		"half.pem":   "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"alone.pem":  string(certificateAuthority(t).Root.PEM()),
		"locked.key": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what, file, key, env, password string
		want                           string
	}{
		{"none", "none.pem", "", "", "", "证书文件 none.pem：没有此文件（请改正项目文件中的文件名，或将文件放到那里）"},
		{"none of the key", "alone.pem", "none.key", "", "", "证书文件 alone.pem：私钥文件 none.key：没有此文件（请改正项目文件中的文件名，或将文件放到那里）"},
		{"a folder", "", "", "", "", "证书文件 ：它不是文件，而是文件夹或设备（请指定一个文件）"},
		{"nothing in it", "empty.pem", "", "", "", "证书文件 empty.pem：它是空的（请将证书放入其中，或指定证书文件）"},
		{"another keystore", "java.jks", "", "", "", "证书文件 java.jks：它是 JCEKS 密钥库（请转换它：keytool -importkeystore -srckeystore java.jks -destkeystore new.p12 -deststoretype PKCS12）"},
		{"a damaged one", "half.pem", "", "", "", "证书文件 half.pem：其中第 1 个证书已损坏：x509: malformed certificate（请换成完整的）"},
		{"no key", "alone.pem", "", "", "", "证书文件 alone.pem：它只有证书，没有私钥（请在 key 中指定私钥文件，或将两者放入同一个文件）"},
		{"no password", "alone.pem", "locked.key", "", "", "证书文件 alone.pem：私钥文件 locked.key：其私钥需要密码（请在 password_env 中指定存放密码的环境变量）"},
		{"an unset password", "alone.pem", "locked.key", "PW", "", "证书文件 alone.pem：私钥文件 locked.key：其私钥需要密码，而变量 PW 未设置（请在启动 culvert 的环境中设置它）"},
		{"a damaged key", "alone.pem", "locked.key", "PW", "x", "证书文件 alone.pem：私钥文件 locked.key：其私钥已损坏，或加密方式不受支持（请用 openssl pkcs8 -topk8 重新写出）"},
	} {
		files := certs.ServerFiles{File: filepath.Join(dir, c.file), PasswordEnv: c.env}
		if c.key != "" {
			files.Key = filepath.Join(dir, c.key)
		}
		_, err := files.Read(c.password)
		if err == nil {
			t.Fatalf("%s: it is right", c.what)
		}
		got := strings.ReplaceAll(Sentence(err.Error()), dir+string(filepath.Separator), "")
		if got = strings.ReplaceAll(got, dir, ""); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s\nof\n%s", c.what, got, c.want, err)
		}
	}
}

func TestRefusedHandshakesAreTranslated(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		h    capture.FailedHandshake
		want string
	}{
		{
			capture.FailedHandshake{Reason: capture.Distrusted, Program: "Firefox", Alert: "unknown_ca", Fix: "run: culvert trust"},
			"Firefox 不信任 CA：对 localhost 的证书以告警 unknown_ca 应答（请运行：culvert trust）",
		},
		{
			capture.FailedHandshake{Reason: capture.Distrusted, Fix: "run: culvert trust"},
			"客户端不信任 CA：看到 localhost 的证书后关闭了连接（请运行：culvert trust）",
		},
		{
			capture.FailedHandshake{
				Reason: capture.OwnDistrusted, Program: "Firefox", Alert: "unknown_ca",
				Fix: "have it trust the CA that signed the certificate, or leave [certificate] out of the project file",
			},
			"Firefox 不信任项目自备的 localhost 证书：以告警 unknown_ca 应答（请让它信任签发该证书的 CA，或从项目文件中删去 [certificate]）",
		},
		{
			capture.FailedHandshake{
				Reason: capture.Expired, Program: "OpenSSL", Alert: "certificate_expired", Fix: "set the clock of this machine right",
			},
			"使用 OpenSSL 的程序认为 localhost 的证书已过期：以告警 certificate_expired 应答（请校准本机的时钟）",
		},
		{
			capture.FailedHandshake{
				Reason: capture.NameRefused,
				Detail: `certificate for "web.example.cn": the local CA may not sign this name ` +
					`(use a name that ends in .localhost, .test, .internal or .home.arpa, or run: culvert trust --name web.example.cn)`,
			},
			`"web.example.cn" 的证书：本地 CA 无权为此名称签发证书` +
				`（请使用以 .localhost、.test、.internal 或 .home.arpa 结尾的名称，或运行：culvert trust --name web.example.cn）`,
		},
		{
			capture.FailedHandshake{Reason: capture.NoCertificate, Detail: "the local CA may not sign this name"},
			"没有 localhost 的证书：本地 CA 无权为此名称签发证书",
		},
		{
			capture.FailedHandshake{
				Reason: capture.Incompatible, Detail: "it offers TLS 1.1 at most", Fix: "update it, or let it use TLS 1.2 or later",
			},
			"客户端与 Culvert 没有共同支持的加密方式：它最高只支持 TLS 1.1（请更新它，或让它使用 TLS 1.2 或更高版本）",
		},
		{
			capture.FailedHandshake{Reason: capture.NotTLS, Program: "curl", Detail: "first record does not look like a TLS handshake"},
			"curl 发来的不是 TLS：第一条记录不像 TLS 握手",
		},
		{
			capture.FailedHandshake{Reason: capture.BrokenOff, Program: "GnuTLS", Fix: "if it does not trust the CA, run: culvert trust"},
			"使用 GnuTLS 的程序在 localhost 的 TLS 握手中途关闭了连接，没有发送告警（如果它不信任 CA，请运行：culvert trust）",
		},
		{
			capture.FailedHandshake{Reason: capture.TimedOut},
			"客户端在 localhost 的 TLS 握手中途没有响应",
		},
		{
			capture.FailedHandshake{By: capture.Client, Program: "Node.js", Alert: "internal_error"},
			"Node.js 以告警 internal_error 结束了 localhost 的 TLS 握手",
		},
	} {
		c.h.ServerName = "localhost"
		if got := Sentence(c.h.Explanation()); got != c.want {
			t.Errorf("got\n%s\nwant\n%s\nof\n%s", got, c.want, c.h.Explanation())
		}
	}
}

func certificateAuthority(t *testing.T) *certs.CA {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// English are words in a row that are not quoted and no part of a path: names alone are allowed, and what is to be typed
// or looked for.
var (
	english  = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)
	verbatim = regexp.MustCompile(`culvert [a-z]+(?: --[a-z]+)?|PKIX path building failed`)
)

// checkTranslated fails where a sentence of the engine has words in English left.
func checkTranslated(t *testing.T, text string) {
	t.Helper()
	is := Sentence(text)
	if strings.IndexFunc(is, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 || english.MatchString(verbatim.ReplaceAllString(is, "")) {
		t.Errorf("%q is not translated: %q", text, is)
	}
}

func TestSentencesAreTranslatedPartByPart(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	const refused = "nothing listens on 127.0.0.1:8083 or [::1]:8083: connection refused (start the backend, or correct the route's upstream)"
	const taken = "listen on 127.0.0.1:8443: the port is taken by another program (stop it, or choose another port)"
	for _, c := range []struct{ what, text, want string }{
		{"nothing", "", ""},
		{"a stranger's", "something else entirely", "something else entirely"},
		{"a stranger's with parentheses", "a (b) (c)", "a (b) (c)"},
		{"two addresses", refused, "127.0.0.1:8083 或 [::1]:8083 没有程序在监听：连接被拒绝（请启动后端，或修改该路由的上游地址）"},
		{"an error inside", taken, "无法监听 127.0.0.1:8443：端口已被其他程序占用（请停止该程序，或换一个端口）"},
		{"a project's", "project web: " + taken, "项目 web：无法监听 127.0.0.1:8443：端口已被其他程序占用（请停止该程序，或换一个端口）"},
		{
			"an answer of the tunnel's", "502 Bad Gateway: " + refused,
			"502 Bad Gateway：127.0.0.1:8083 或 [::1]:8083 没有程序在监听：连接被拒绝（请启动后端，或修改该路由的上游地址）",
		},
		{
			"an answer of the tunnel's when no upstream serves",
			"502 Bad Gateway: none of the 3 upstreams of the route /ws serves: nothing listens on 10.0.0.1:1: connection refused; " +
				"10.0.0.2:1 did not answer within connect_timeout 2s; no socket at /a b (start the backend, or correct the route's upstream)",
			"502 Bad Gateway：路由 /ws 的 3 个上游都无法提供服务：10.0.0.1:1 没有程序在监听：连接被拒绝；" +
				"10.0.0.2:1 未在 connect_timeout 2s 内应答；/a b 处没有套接字（请启动后端，或修改该路由的上游地址）",
		},
		{
			"what to do behind another upstream's trouble",
			"none of the 2 upstreams of the route / serves: nothing listens on 10.0.0.1:1: connection refused; " +
				"10.0.0.2:1 did not answer within connect_timeout 2s (start the backend, or correct the route's upstream)",
			"路由 / 的 2 个上游都无法提供服务：10.0.0.1:1 没有程序在监听：连接被拒绝；" +
				"10.0.0.2:1 未在 connect_timeout 2s 内应答（请启动后端，或修改该路由的上游地址）",
		},
		{
			"an upstream that was passed over", "nothing listens on 10.0.0.1:1: connection refused; no socket at /run/a.sock",
			"10.0.0.1:1 没有程序在监听：连接被拒绝；/run/a.sock 处没有套接字",
		},
		{
			"a client that a project turns away",
			"403 Forbidden: ::1 may not connect to project web: its deny has ::/0 (see allow and deny in the project file)",
			"403 Forbidden：项目 web 不允许 ::1 连接：其 deny 中有 ::/0（见项目文件中的 allow 和 deny）",
		},
		{
			"a client that a route turns away",
			"127.0.0.1 may not connect to route /a of project web: its allow does not have it (see allow and deny in the project file)",
			"项目 web 的路由 /a 不允许 127.0.0.1 连接：其 allow 中没有该地址（见项目文件中的 allow 和 deny）",
		},
		{
			"a file that may not be read", `the file for "/a.js" may not be read: openat a.js: permission denied (change its mode)`,
			`无权读取 "/a.js" 对应的文件：无法打开 a.js：没有权限（请更改其权限）`,
		},
		{
			"a link that leads out of a folder", `there is no file for "/a" below the root of route /: statat a: path escapes from parent`,
			`路由 / 的 root 下没有 "/a" 对应的文件：无法查看 a：路径超出了该文件夹`,
		},
		{
			"the first of several problems", `project web: culvert.toml:2:11: listen: "65536" is no port (ports are numbers up to 65535); and 2 more (culvert check shows all)`,
			`项目 web：culvert.toml:2:11: listen: "65536" 不是端口号（端口是不大于 65535 的数字）；另有 2 处（culvert check 可列出全部）`,
		},
		{
			"a file that broke while it was served", "culvert.toml:1:1: name: is missing (write name = \"web-chat\"); it is served as it was before",
			`culvert.toml:1:1: name: 缺失（请写成 name = "web-chat"）；目前仍按之前的配置提供服务`,
		},
		{"a problem without a file", `add: name: "a b" has other characters than letters, digits, _ . and - (write name = "web-chat")`, `添加：name: "a b" 含有字母、数字、_、. 和 - 以外的字符（请写成 name = "web-chat"）`},
		{"a command", "run: sudo apt-get install libnss3-tools", "请运行：sudo apt-get install libnss3-tools"},
		{
			"the system's", "cannot read the project file: open /home/me/culvert.toml: no such file or directory",
			"无法读取项目文件：无法打开 /home/me/culvert.toml：没有此文件或文件夹",
		},
		{
			"a reason of Go's library that is not known", "connecting to wss://a.test/: tls: handshake failure",
			"连接 wss://a.test/ 失败：tls: handshake failure",
		},
		{
			"a name that looks like a gap", "project {name}: already known (choose another name)",
			"项目 {name}：已存在（请换一个名称）",
		},
		{
			"several things", "127.0.0.1:8083: connection refused; [::1]:8083: no answer within 2s; yet 127.0.0.1:9000 takes connections",
			"127.0.0.1:8083: 连接被拒绝；[::1]:8083: 2s 内没有应答；但 127.0.0.1:9000 可以连接",
		},
		{
			"several things, one of which is not known", "127.0.0.1:8083: connection refused; who knows",
			"127.0.0.1:8083: connection refused; who knows",
		},
		{
			"a fix behind a gap", "nobody answered the prompt of pkexec (run: sudo culvert elevated --ca 'a (b)')",
			"pkexec 询问密码时无人应答（请运行：sudo culvert elevated --ca 'a (b)'）",
		},
		{
			"a name within Chinese", "{the client} asked for it once, at 2026-11-27 14:51:33", "{the client} 请求过它 1 次（2026-11-27 14:51:33）",
		},
		{"Chinese within Chinese", "the client asked for it once, at 14:51:33", "客户端请求过它 1 次（14:51:33）"},
		{
			"a state with its reason", "the old CA stays in use: firefox/a.default: cannot: another program is using /p (close Firefox, then try again)",
			"继续使用旧的 CA：firefox/a.default: 无法信任：另一个程序正在使用 /p（请关闭 Firefox，然后重试）",
		},
		{"lines", "is empty\nx\nis missing", "为空\nx\n缺失"},
	} {
		if got := Sentence(c.text); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.what, got, c.want)
		}
		if got := Sentence(c.text); got != c.want {
			t.Errorf("%s, remembered: got\n%s\nwant\n%s", c.what, got, c.want)
		}
	}
}

func TestSentencesInEnglishStayAsTheyAre(t *testing.T) {
	if err := use(English); err != nil {
		t.Fatal(err)
	}
	text := "listen on 127.0.0.1:1: " + errors.Join(io.EOF, io.ErrUnexpectedEOF).Error()
	if got := Sentence(text); got != text {
		t.Errorf("%q became %q", text, got)
	}
	if n := testing.AllocsPerRun(10, func() { Sentence(text) }); n != 0 {
		t.Errorf("it took %v allocations", n)
	}
}

func TestWhatIsRememberedOfSentencesIsBounded(t *testing.T) {
	s := chinese(t)
	for i := range 3 * maxKept {
		Sentence(fmt.Sprintf("project %d is not on", i))
	}
	Sentence("project " + strings.Repeat("x", maxSentence) + " is not on")
	if len(s.kept) > maxKept {
		t.Errorf("%d are kept, at most %d may be", len(s.kept), maxKept)
	}
	for text := range s.kept {
		if len(text) > maxSentence {
			t.Errorf("a text of %d bytes is kept", len(text))
		}
	}
}

func TestASentenceThatWasAskedForTakesNoMemory(t *testing.T) {
	chinese(t)
	const text = "project web is not on"
	Sentence(text)
	if n := testing.AllocsPerRun(10, func() { Sentence(text) }); n != 0 {
		t.Errorf("it took %v allocations", n)
	}
}

func BenchmarkSentence(b *testing.B) {
	if err := use(Chinese); err != nil {
		b.Fatal(err)
	}
	s := spoken.Load().sentences()
	worst := strings.Repeat("a (b: ", maxSentence/6-1) + ")"
	for what, text := range map[string]string{
		"problem": `project web: culvert.toml:2:11: listen: "65536" is no port (ports are numbers up to 65535)`,
		"unknown": "dial: something else went wrong here",
		"hostile": worst,
		"deep":    strings.Repeat("cannot: ", 2*maxNested) + "x" + strings.Repeat(" (run: y)", 2*maxParts),
		"long":    strings.Repeat("cannot: x; ", maxSentence/11),
	} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				s.lines(text)
			}
		})
	}
}

// FuzzSentence holds that any text comes back: translated, or untouched; and that a value in a gap is not changed.
func FuzzSentence(f *testing.F) {
	if err := use(Chinese); err != nil {
		f.Fatal(err)
	}
	s := spoken.Load().sentences()
	for key := range s.texts {
		f.Add(key)
	}
	f.Add(`a.toml:1:2: b."c\"": "x" is no port (ports are numbers up to 65535); and 2 more`)
	f.Add("\x00\xff (\n)\r\n (")
	f.Fuzz(func(t *testing.T, text string) {
		got := Sentence(text)
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Fatalf("%q has other lines: %q", text, got)
		}
		if got != text && len(got) > 8*len(text)+1024 {
			t.Fatalf("%q became much longer: %q", text, got)
		}
		word := strings.ReplaceAll(fmt.Sprintf("%q", text), "\n", " ")
		if len(word) > maxSentence/2 {
			return
		}
		if got, want := Sentence(word+" is no port"), word+" 不是端口号"; got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
