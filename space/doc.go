// Package space answers where and how many: how many people, households and employers are inside a shape, by which ages and trades,
// on the divisions of which year; what is near a place; which land a shape touches. 空间统计
//
// Its tables (space.*) are worked out from the base libraries and hold nothing of their own: a Space builds them whole as a new version
// beside the one in use whenever the libraries have changed, so that every answer is of one state of all three libraries, and names that
// version. People and organisations are located by their address: the finest of house, number, street and division that a standard
// address has, with its confidence in percent (95, 80, 50, 20).
//
// No answer shows a person. Figures of people, households and employers in a shape are of whole H3 cells, and only of those cells in
// which at least Least of the theme are; the shape that was used comes with the answer. A group of fewer than Least is left out, and so
// are further groups until the ones left out cannot be worked out from the total; what is shown is rounded to Rounding. A shape that
// differs from an earlier one of the same caller by fewer than Apart cells is refused, since two answers could be subtracted. Every
// caller has a Budget a day, which every answer shows.
//
// A Space may be used concurrently; Run is called once.
package space
