package figure

import (
	"math/big"
	"testing"
)

func TestDisplay(t *testing.T) {
	rat := func(s string) *big.Rat {
		if s == "" {
			return nil
		}
		r, _ := new(big.Rat).SetString(s)
		return r
	}
	for _, c := range []struct {
		form            form
		value, num, den string
		want            string
	}{
		{form{}, "11244", "", "", "11.244"},
		{form{}, "", "", "", "chưa có số liệu"},
		{form{}, "0", "", "", "0"},
		{form{decimals: 1}, "302523.5", "", "", "302.523,5"},
		{form{percent: true}, "734400/7568", "7344", "7568", "97%"},
		{form{percent: true, decimals: 2}, "734400/7568", "", "", "97,04%"},
		{form{percent: true, decimals: 2}, "100", "", "", "100%"},
		{form{decimals: 2}, "38.6", "", "", "38,6"},
		{form{word: "over", step: 10}, "74", "", "", "trên 70"},
		{form{word: "over", step: 10}, "70", "", "", "70"},
		{form{word: "over", step: 10}, "7", "", "", "7"},
		{form{word: "over", step: 1}, "302523.5", "", "", "trên 302.523"},
		{form{word: "over", step: 1}, "302523", "", "", "302.523"},
		{form{word: "over"}, "302523", "", "", "302.523"},
		{form{word: "over", step: 1000}, "20450", "", "", "trên 20.000"},
		{form{word: "over", step: 10, percent: true}, "83.4", "", "", "trên 80%"},
		{form{word: "over", step: 10, percent: true}, "80", "", "", "80%"},
		{form{word: "about", step: 100}, "2487", "", "", "khoảng 2.500"},
		{form{word: "about", step: 100}, "2512", "", "", "khoảng 2.500"},
		{form{word: "about", step: 100}, "2500", "", "", "2.500"},
		{form{word: "about", step: 100}, "40", "", "", "40"},
		{form{word: "magnitude", measure: "đồng"}, "1000000000", "", "", "hàng tỷ đồng"},
		{form{word: "magnitude", measure: "đồng"}, "999999999", "", "", "hàng triệu đồng"},
		{form{word: "magnitude", measure: "đồng"}, "83000000000", "", "", "hàng tỷ đồng"},
		{form{word: "magnitude", measure: "đồng"}, "2000000000000", "", "", "hàng nghìn tỷ đồng"},
		{form{word: "magnitude", measure: "đồng"}, "900", "", "", "900"},
		{form{word: "of"}, "8", "8", "8", "8/8"},
		{form{word: "of"}, "16", "16", "18", "16/18"},
		{form{word: "of"}, "16", "16", "", "16"},
		{form{word: "exact", decimals: 2, percent: true}, "32.13", "", "", "32,13%"},
	} {
		if got := c.form.print(rat(c.value), rat(c.num), rat(c.den)); got != c.want {
			t.Errorf("%+v of %s: %q, want %q", c.form, c.value, got, c.want)
		}
	}
}

func TestApportion(t *testing.T) {
	parts := []*big.Rat{big.NewRat(10, 3), nil, big.NewRat(10, 3), big.NewRat(10, 3)}
	sum := new(big.Rat)
	for i, r := range apportion(parts, 0) {
		if (r == nil) != (parts[i] == nil) {
			t.Errorf("part %d: %v", i, r)
		}
		if r != nil {
			sum.Add(sum, r)
		}
	}
	if sum.Cmp(big.NewRat(10, 1)) != 0 {
		t.Errorf("parts add up to %v", sum)
	}
}
