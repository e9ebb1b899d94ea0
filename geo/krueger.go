package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The ellipsoids: CGCS2000 (its flattening differs from GRS80's in the twelfth digit) and the sphere of Web Mercator.
const (
	axis       = 6378137.0
	flattening = 1 / 298.257222101
	wgs84Axis  = 6378137.0
)

const (
	kn  = flattening / (2 - flattening) // third flattening
	kn2 = kn * kn
	kn3 = kn2 * kn
	kn4 = kn3 * kn
	kn5 = kn4 * kn
	kn6 = kn5 * kn
	// rectifying radius
	kA = axis / (1 + kn) * (1 + kn2/4 + kn4/64 + kn6/256)
)

// Krueger's series to the sixth order in the third flattening, after Karney (2011), "Transverse Mercator with an accuracy of a few
// nanometers", equations 35 and 36. Within 6 degrees of the central meridian it agrees with PROJ to 1e-8 m.
var (
	kruegerAlpha = [6]float64{
		kn/2 - 2*kn2/3 + 5*kn3/16 + 41*kn4/180 - 127*kn5/288 + 7891*kn6/37800,
		13*kn2/48 - 3*kn3/5 + 557*kn4/1440 + 281*kn5/630 - 1983433*kn6/1935360,
		61*kn3/240 - 103*kn4/140 + 15061*kn5/26880 + 167603*kn6/181440,
		49561*kn4/161280 - 179*kn5/168 + 6601661*kn6/7257600,
		34729*kn5/80640 - 3418889*kn6/1995840,
		212378941 * kn6 / 319334400,
	}
	kruegerBeta = [6]float64{
		kn/2 - 2*kn2/3 + 37*kn3/96 - kn4/360 - 81*kn5/512 + 96199*kn6/604800,
		kn2/48 + kn3/15 - 437*kn4/1440 + 46*kn5/105 - 1118711*kn6/3870720,
		17*kn3/480 - 37*kn4/840 - 209*kn5/4480 + 5569*kn6/90720,
		4397*kn4/161280 - 11*kn5/504 - 830251*kn6/7257600,
		4583*kn5/161280 - 108847*kn6/3991680,
		20648693 * kn6 / 638668800,
	}
)

// eccentricity returns e of the ellipsoid.
func eccentricity() float64 { return math.Sqrt(flattening * (2 - flattening)) }

// conformal is the tangent of the conformal latitude for the tangent of the latitude.
func conformal(tau, e float64) float64 {
	sigma := math.Sinh(e * math.Atanh(e*tau/math.Hypot(1, tau)))
	return tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
}

// kruegerForward projects degrees to easting (from the central meridian) and northing in metres.
func kruegerForward(lon, lat, middle float64) orb.Point {
	e := eccentricity()
	lambda := (lon - middle) * math.Pi / 180
	tau := conformal(math.Tan(lat*math.Pi/180), e)
	xi := math.Atan2(tau, math.Cos(lambda))
	eta := math.Asinh(math.Sin(lambda) / math.Hypot(tau, math.Cos(lambda)))
	x, y := eta, xi
	for j, a := range kruegerAlpha {
		k := 2 * float64(j+1)
		y += a * math.Sin(k*xi) * math.Cosh(k*eta)
		x += a * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	return orb.Point{kA * x, kA * y}
}

// kruegerInverse is the opposite. Two Newton steps bring the latitude to the last bit but one.
func kruegerInverse(x, y, middle float64) orb.Point {
	e := eccentricity()
	xi, eta := y/kA, x/kA
	a, b := xi, eta
	for j, beta := range kruegerBeta {
		k := 2 * float64(j+1)
		a -= beta * math.Sin(k*xi) * math.Cosh(k*eta)
		b -= beta * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	target := math.Sin(a) / math.Hypot(math.Sinh(b), math.Cos(a))
	lambda := math.Atan2(math.Sinh(b), math.Cos(a))
	tau := target / (1 - e*e)
	for range 5 {
		got := conformal(tau, e)
		step := (target - got) / math.Hypot(1, got) * (1 + (1-e*e)*tau*tau) / ((1 - e*e) * math.Hypot(1, tau))
		tau += step
		if math.Abs(step) < 1e-15*(1+math.Abs(tau)) {
			break
		}
	}
	return orb.Point{middle + lambda*180/math.Pi, math.Atan(tau) * 180 / math.Pi}
}
