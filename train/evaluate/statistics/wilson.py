"""Wilson's lower bound: the share that so many passed out of so few still vouches for."""

from math import nan, sqrt

Z = 1.959963984540054  # 95 % of a normal curve lie within so many standard deviations


def wilson(passed: float, of: int) -> float:
    """The lower end of Wilson's 95 % interval of a share; NaN for none of none.

    (p + z²/2n - z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n) (E. B. Wilson, Journal of the American Statistical
    Association 22, 1927). Unlike the bootstrap's it stays below 1 when every text passed.
    """
    if not of:
        return nan
    share = passed / of
    middle, spread = share + Z * Z / (2 * of), sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return max(0.0, (middle - Z * spread) / (1 + Z * Z / of))
