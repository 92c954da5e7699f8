package portal

import "context"

// Language is a language of the public pages: Vietnamese first, English beside it.
type Language string

// The languages, as in the lang attribute.
const (
	Vietnamese Language = "vi"
	English    Language = "en"
)

var languages = []Language{Vietnamese, English}

// root is where the pages of a language stand.
func (l Language) root() string {
	if l == English {
		return "/en"
	}
	return "/cong"
}

func (l Language) other() Language {
	if l == English {
		return Vietnamese
	}
	return English
}

type languageKey struct{}

// languageOf is the language that is asked for.
func languageOf(ctx context.Context) Language {
	if l, ok := ctx.Value(languageKey{}).(Language); ok {
		return l
	}
	return Vietnamese
}

// say is a text in the language that is asked for.
func say(ctx context.Context, vietnamese, english string) string {
	if languageOf(ctx) == English {
		return english
	}
	return vietnamese
}

// at is the address of a public page in the language that is asked for; path begins with a slash.
func at(ctx context.Context, path string) string { return languageOf(ctx).root() + path }
