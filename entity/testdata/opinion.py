# The second opinion of TestIdentifiersAgreeWithStdnum: reads "scheme value" a line, writes 1 for a value that python-stdnum takes
# for right, else 0. Of a citizen number it is asked for form, check character and date of birth (its table of counties is another
# one than ours), of the others for all that it knows of them.
import sys

from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10, mod_37_36


def citizen(number):
    if len(number) != 18 or not number[:17].isdigit():
        return False
    if number[17] != ric.calc_check_digit(number):
        return False
    try:
        return 1850 <= ric.get_birth_date(number).year <= 2099
    except Exception:
        return False


def certificate(number):
    body = number[len("1.2.156.3005.2."):].replace(".", "")
    return mod_37_36.is_valid(body)


checks = {"citizen": citizen, "uscc": uscc.is_valid, "regno": mod_11_10.is_valid, "certificate": certificate}
out = []
for line in sys.stdin:
    scheme, value = line.split()
    out.append("1" if checks[scheme](value) else "0")
sys.stdout.write("".join(out))
