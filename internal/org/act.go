package org

import (
	"fmt"
	"slices"
	"strings"
)

// tidy brings an act to one form, and says in Vietnamese what is wrong with it by itself.
func (c *Change) tidy() string {
	c.Kind = strings.ToLower(strings.TrimSpace(c.Kind))
	c.Code = strings.ToUpper(strings.TrimSpace(c.Code))
	c.Parent = strings.ToUpper(strings.TrimSpace(c.Parent))
	c.Sources = slices.Clone(c.Sources)
	for i := range c.Sources {
		c.Sources[i].Code = strings.ToUpper(strings.TrimSpace(c.Sources[i].Code))
	}
	if c.Kind != Split {
		for i := range c.Sources {
			c.Sources[i].Parts = NoParts()
		}
	}
	if why := c.checkPlain(); why != "" {
		return why
	}
	switch c.Kind {
	case Merge, Split:
		return c.checkMove()
	case Open:
		if len(c.Sources) > 0 || c.Code == "" || c.Name == "" {
			return "việc open (thành lập mới) cần mã và tên đơn vị, không có đơn vị nguồn."
		}
	default:
		return c.checkOne()
	}
	return ""
}

func (c *Change) checkPlain() string {
	if c.Day == 0 {
		return "thiếu ngày có hiệu lực."
	}
	if _, ok := actOrder[c.Kind]; !ok {
		return fmt.Sprintf("loại việc “%s” không có: dùng merge, split, rename, upgrade, reparent, open hoặc abolish.", c.Kind)
	}
	if c.Level != "" && rank(c.Level) == 0 {
		return fmt.Sprintf("cấp “%s” không có: dùng province, district hoặc commune.", c.Level)
	}
	if c.Bodies != "" && c.Bodies != "close" && !strings.HasPrefix(c.Bodies, "follow:") {
		return fmt.Sprintf("cột bodies “%s” không đúng: viết follow:MÃ hoặc close.", c.Bodies)
	}
	if !slices.Contains([]string{"", "any", "all", "ask"}, c.States) {
		return fmt.Sprintf("cột states “%s” không đúng: viết any, all hoặc ask.", c.States)
	}
	for i, s := range c.Sources {
		if s.Code == "" {
			return "có mã đơn vị nguồn để trống."
		}
		if slices.ContainsFunc(c.Sources[:i], func(x Source) bool { return x.Code == s.Code }) {
			return fmt.Sprintf("đơn vị nguồn %s ghi hai lần.", s.Code)
		}
	}
	return ""
}

func (c *Change) checkMove() string {
	switch {
	case len(c.Sources) == 0:
		return "thiếu đơn vị nguồn."
	case c.Code == "":
		return "thiếu mã đơn vị nhận."
	case c.Kind == Split && len(c.Sources) != 1:
		return "việc split ghi mỗi dòng một đơn vị nguồn và một nơi nhận."
	}
	for _, s := range c.Sources {
		if formOf(s.Code) != formOf(c.Code) {
			return "không nhập tổ chức vào địa bàn hay ngược lại: mã nguồn và mã nhận phải cùng dạng."
		}
	}
	return ""
}

// checkOne is for acts on one unit, named as the code or as the only source.
func (c *Change) checkOne() string {
	if len(c.Sources) == 0 && c.Code != "" {
		c.Sources = []Source{{c.Code, NoParts()}}
	}
	if len(c.Sources) != 1 {
		return "việc " + c.Kind + " ghi mỗi dòng đúng một đơn vị."
	}
	if c.Code != "" && c.Code != c.Sources[0].Code {
		return "việc " + c.Kind + " không đổi mã; muốn đổi mã hãy ghi là merge từ mã cũ sang mã mới."
	}
	c.Code = c.Sources[0].Code
	switch {
	case c.Kind == Rename && c.Name == "":
		return "việc rename thiếu tên mới."
	case c.Kind == Upgrade && c.Type == "" && c.Name == "":
		return "việc upgrade thiếu tên hoặc loại mới."
	}
	return ""
}

// where says which act is meant: its row in the file it came from, or what it is.
func (c *Change) where() string {
	if c.Imported != "" {
		return c.Imported
	}
	return c.title()
}

// title is the act in a few words.
func (c *Change) title() string {
	var from []string
	for _, s := range c.Sources {
		from = append(from, s.Code)
	}
	verb := map[string]string{Merge: "sáp nhập", Split: "chia", Rename: "đổi tên", Upgrade: "đổi loại", Reparent: "chuyển", Open: "thành lập", Abolish: "kết thúc"}[c.Kind]
	text := verb + " " + strings.Join(from, ", ")
	if c.Code != "" && (c.Kind == Merge || c.Kind == Split) {
		text += " → " + c.Code
	} else if c.Kind == Open {
		text += c.Code
	}
	return strings.TrimSpace(text) + " ngày " + c.Day.Vi()
}

// Title is the act in a few Vietnamese words.
func (c *Change) Title() string { return c.title() }
