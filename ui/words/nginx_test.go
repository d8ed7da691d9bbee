package words

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/tunnel/project/nginx"
)

// configurations writes all that the tests of package nginx import, each into a folder of its own, and returns the files.
func configurations(t *testing.T) (files []string) {
	t.Helper()
	const data = "../../tunnel/project/nginx/testdata"
	files, err := filepath.Glob(data + "/whole/*/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	cases, err := filepath.Glob(data + "/cases/*.txt")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, name := range cases {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq("\n"+string(text), "\n## ") {
			_, rest, _ := strings.Cut(part, "\n")
			conf, _, _ := strings.Cut(rest, "---\n")
			if !strings.Contains(conf, "server {") {
				conf = "server { listen 127.0.0.1:8443 ssl; server_name app.test; " + conf + "}\n"
			}
			file := filepath.Join(t.TempDir(), "site.conf")
			if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	return files
}

func TestWhatBecomesOfAnNginxConfigurationIsTranslated(t *testing.T) {
	chinese(t)
	told := map[string]bool{}
	for _, file := range configurations(t) {
		im, err := nginx.Read([]string{file}, nginx.Options{Out: t.TempDir()})
		if err != nil {
			told[err.Error()] = true
			continue
		}
		notes := im.Notes
		for _, f := range im.Files {
			notes = slices.Concat(notes, f.Notes)
		}
		for _, n := range notes {
			told[n.Why] = true
		}
	}
	for text := range told {
		checkTranslated(t, text)
	}
	if len(told) < 100 {
		t.Errorf("the configurations give %d sentences only", len(told))
	}
}

func TestMistakesInAnNginxConfigurationAreTranslated(t *testing.T) {
	chinese(t)
	for _, c := range []struct{ what, text, want string }{
		{"nothing", "", "DIR/nginx.conf：其中没有 server（请指定 nginx.conf，或含有 server 的文件）"},
		{"an open block", "server {\n", "DIR/nginx.conf:2: 文件在块内结束：缺少 }（请用 nginx -t 检查，它只接受完整的配置）"},
		{"a } too many", "server { }\n}\n", "DIR/nginx.conf:1: 从此处开始的内容之后多了一个 }（请删去它，或补上缺少的 {）"},
		{"an open quote", "server {\n listen \"80;\n}", "DIR/nginx.conf:2: 引号没有闭合，文件就已结束（请用 nginx -t 检查，它只接受完整的配置）"},
		{"too many words", "server { location = /a b { } }", "DIR/nginx.conf:1: location 的参数过多（请用 nginx -t 检查，它只接受完整的配置）"},
		{"zeros", "server {\n\x00}", "DIR/nginx.conf:2: 含有控制字符（请指定 nginx 的配置文件，它是文本）"},
		{
			"an include", "http {\n include other;\n}",
			"DIR/other:1: 此处应为 ;，却是 }（请用 nginx -t 检查，它只接受完整的配置）（由 DIR/nginx.conf:2 引入）",
		},
		{"an include of a folder", "include sites;", "DIR/sites 不是文件（请指定配置文件）（由 DIR/nginx.conf:1 引入）"},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a folder")
			if err := os.MkdirAll(filepath.Join(dir, "sites"), 0o700); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"nginx.conf": c.text, "other": "server { listen 80 }"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := nginx.Read([]string{filepath.Join(dir, "nginx.conf")}, nginx.Options{Out: dir})
			if err == nil {
				t.Fatal("it is right")
			}
			if got := strings.ReplaceAll(Sentence(err.Error()), dir, "DIR"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s\nof\n%s", got, c.want, err)
			}
		})
	}
	missing := filepath.Join(t.TempDir(), "nginx.conf")
	_, err := nginx.Read([]string{missing}, nginx.Options{})
	if want := "无法读取 " + missing + "：没有此文件或文件夹（请指定你有权读取的文件）"; err == nil || Sentence(err.Error()) != want {
		t.Errorf("%v: want %s", err, want)
	}
}

func TestFaultsThatAnNginxConfigurationWouldHaveInAProjectFileAreTranslated(t *testing.T) {
	chinese(t)
	for text, want := range map[string]string{
		`route.path: "/a*b" has a * (write what the paths begin with: a route serves all that begin with its path); its requests go to the route whose path fits`: `route.path: "/a*b" 含有 *（请写路径的开头：路由匹配以其路径开头的所有请求）；其请求由路径匹配的路由处理`,
		"there are no variables here; write the address of the backend; nobody is served there, so that no other route takes its requests":                        "这里不支持变量；请写后端的地址；该处不对任何人提供服务，以免其请求由其他路由处理",
		`it gives no project: listen: "0.0.0.0" is not address:port (write "127.0.0.1:8443")`:                                                                     `无法生成项目：listen: "0.0.0.0" 不是“地址:端口”的形式（请写成 "127.0.0.1:8443"）`,
		"only some methods were let in; here nobody does that (allow, deny and [auth] are what there is)":                                                         "原先只允许部分请求方法；这里没有对应的功能（可以使用 allow、deny 和 [auth]）",
		"[cors] is in the file as a comment: every page of the Internet could act in the user's name; name the origins that may":                                  "[cors] 以注释的形式写在文件中：互联网上的任何页面都能以用户的身份操作；请逐一写明允许的来源",
		`"a b" is no host; the backend sees Host as the browser sent it`:                                                                                          `"a b" 不是主机名或 IP 地址；后端看到的是浏览器发送的 Host`,
	} {
		if got := Sentence(text); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
