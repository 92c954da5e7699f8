package org

import (
	"encoding/json"
	"fmt"
	"strings"
)

// partsJSON leaves out what is not known.
type partsJSON struct {
	Population *int64 `json:"population,omitempty"`
	Area       *int64 `json:"area,omitempty"`
	Households *int64 `json:"households,omitempty"`
}

// MarshalJSON writes the known parts only.
func (p Parts) MarshalJSON() ([]byte, error) {
	var out partsJSON
	for _, b := range []struct {
		from int64
		to   **int64
	}{{p.Population, &out.Population}, {p.Area, &out.Area}, {p.Households, &out.Households}} {
		if b.from != Unknown {
			*b.to = &b.from
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads millionths; what is left out is unknown.
func (p *Parts) UnmarshalJSON(text []byte) error {
	var in partsJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*p = NoParts()
	for _, b := range []struct {
		from *int64
		to   *int64
	}{{in.Population, &p.Population}, {in.Area, &p.Area}, {in.Households, &p.Households}} {
		if b.from != nil {
			*b.to = *b.from
		}
	}
	return nil
}

// NoParts is a split of which no share is known.
func NoParts() Parts { return Parts{Unknown, Unknown, Unknown} }

// UnmarshalJSON reads {"code":"02149","parts":{"population":842730}} or the bare code.
func (s *Source) UnmarshalJSON(text []byte) error {
	s.Parts = NoParts()
	var code string
	if json.Unmarshal(text, &code) == nil {
		s.Code = code
		return nil
	}
	type plain Source
	return json.Unmarshal(text, (*plain)(s))
}

// parseShare reads 0.7719, 0,7719, 77.19% or 1 into millionths, exactly.
func parseShare(text string) (int64, error) {
	s := strings.ReplaceAll(strings.TrimSpace(text), ",", ".")
	digits := 6
	if cut, ok := strings.CutSuffix(s, "%"); ok {
		s, digits = strings.TrimSpace(cut), 4
	}
	whole, rest, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 3 || len(rest) > digits || strings.Trim(whole+rest, "0123456789") != "" {
		return 0, fmt.Errorf("không đọc được tỷ lệ “%s”: viết dạng 0,7719 (không quá 6 chữ số lẻ) hoặc 77,19%%", text)
	}
	var n int64
	for _, r := range whole + rest + strings.Repeat("0", digits-len(rest)) {
		n = n*10 + int64(r-'0')
	}
	return n, nil
}
